/* SPDX-License-Identifier: BSD-3-Clause */
/* line_order.c -- stores to one line in the wrong order, where each store is known. */
#include "line_order.h"

#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "history.h"
#include "powerfail/model.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"
#include "wording.h"

/* "data+0x40, 8 bytes, stored by put (btree.c:12)"; false: it is not known who stored. */
static bool describe_store(const struct experiment *e, const struct pf_version *v, char *text,
	size_t size)
{
	const struct pf_record_store *s =
		v != NULL && v->stored ? history_store(e->replay->trace, v->event) : NULL;
	char place[256], site[256];

	if (s == NULL)
		return false;
	wording_place(v->medium, s->offset, s->length, place, sizeof(place));
	wording_site(e->replay, v->event, false, site, sizeof(site));
	wording_put(text, size, "%s, stored by %s", place, site);
	return true;
}

static bool overlap(const struct pf_record_store *a, const struct pf_record_store *b)
{
	return a->offset < b->offset + b->length && b->offset < a->offset + a->length;
}

/* The fewest stores to the line with which it fails, of those that it holds. */
static unsigned first_failing(struct experiment *e, size_t i)
{
	for (unsigned c = 1; c < e->failing[i] && !e->failed; c++) {
		memcpy(e->trial, e->failing, e->units.count);
		e->trial[i] = (uint8_t)c;
		if (experiment_fails(e, e->trial))
			return c;
	}
	return e->failing[i];
}

/* The first choice of some with which it passes; 0: there is none. */
static unsigned first_passing(struct experiment *e, size_t i, unsigned from, unsigned to)
{
	for (unsigned c = from; c <= to && !e->failed; c++) {
		memcpy(e->trial, e->failing, e->units.count);
		e->trial[i] = (uint8_t)c;
		if (!experiment_fails(e, e->trial) && e->passed)
			return c;
	}
	return 0;
}

/*
 * A line that holds some of its stores, and passes without any of them: what it holds needs what
 * it lost, or must never have been there.
 */
bool line_order_is_wrong(struct experiment *e, struct group *group)
{
	char kept[512], lost[512], sites[2][512];

	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];
		unsigned has = e->failing[i], needs;
		const struct pf_record_store *a, *b;

		if (!experiment_is_lost(e, i) || has == 0 || u->store[has] == NULL)
			continue;
		memcpy(e->trial, e->failing, e->units.count);
		e->trial[i] = 0;
		if (experiment_fails(e, e->trial) || !e->passed)
			continue;
		has = first_failing(e, i);
		needs = first_passing(e, i, has + 1, u->newest);
		if (!describe_store(e, u->store[has], kept, sizeof(kept)) || needs == 0 ||
			!describe_store(e, u->store[needs], lost, sizeof(lost)))
			continue;
		a = history_store(e->replay->trace, u->store[has]->event);
		b = history_store(e->replay->trace, u->store[needs]->event);
		wording_sites(e->replay,
			(uint64_t[2]){u->store[has]->event, u->store[needs]->event}, sites);
		wording_put(group->cause, sizeof(group->cause), "line %s %s", sites[0], sites[1]);
		if (overlap(a, b))
			results_conclude(group, FAULT_OVERWRITTEN, "%s; overwritten only later: %s",
				kept, lost);
		else
			results_conclude(group, FAULT_LINE_ORDER,
				"%s, can be durable before what comes later: %s", kept, lost);
		return true;
	}
	return false;
}
