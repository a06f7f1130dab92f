/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_volatile.c -- which bytes of the files of a trace need no flush. */
#include <stdlib.h>
#include <string.h>

#include "common/volatiles.h"
#include "powerfail/volatile.h"
#include "replay_parts.h"
#include "trace.h"

static bool is_of(const struct volatile_part *part, const struct pf_medium *m)
{
	return !part->unmapped && strcmp(part->file, m->path) == 0;
}

static int by_place(const void *a, const void *b)
{
	const struct pf_range *r = a, *s = b;

	if (r->begin != s->begin)
		return r->begin < s->begin ? -1 : 1;
	return r->learnt - s->learnt;
}

/* Cuts off what an earlier one has, and leaves out what has nothing left. */
static void cut(struct pf_volatile *v)
{
	size_t end = 0, count = 0;

	for (size_t i = 0; i < v->count; i++) {
		struct pf_range r = v->range[i];

		if (r.begin < end)
			r.begin = end;
		if (r.begin >= r.end)
			continue;
		end = r.end;
		v->range[count++] = r;
	}
	v->count = count;
}

bool replay_volatile(struct pf_medium *m, const struct trace *trace)
{
	const struct volatiles *all = trace->volatiles;
	struct pf_volatile *v;
	size_t count = 0;

	for (size_t i = 0; all != NULL && i < all->count; i++)
		count += is_of(&all->part[i], m);
	if (count == 0)
		return true;
	v = calloc(1, sizeof(*v));
	if (v != NULL)
		v->range = calloc(count, sizeof(*v->range));
	if (v == NULL || v->range == NULL) {
		free(v);
		return false;
	}
	for (size_t i = 0; i < all->count; i++)
		if (is_of(&all->part[i], m))
			v->range[v->count++] = (struct pf_range){.begin = all->part[i].begin,
				.end = all->part[i].end,
				.learnt = all->part[i].learnt};
	qsort(v->range, v->count, sizeof(*v->range), by_place);
	cut(v);
	m->volatile_bytes = v;
	return true;
}

void replay_volatile_free(struct pf_medium *m)
{
	if (m->volatile_bytes == NULL)
		return;
	free(m->volatile_bytes->range);
	free(m->volatile_bytes);
}
