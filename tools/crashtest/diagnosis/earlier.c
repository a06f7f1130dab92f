/* SPDX-License-Identifier: BSD-3-Clause */
/* earlier.c -- what became durable some time ago, and is what an image fails on. */
#include "earlier.h"

#include <string.h>

#include "common/array.h"
#include "experiment.h"
#include "powerfail/model.h"
#include "powerfail/volatile.h"
#include "replay/replay.h"
#include "replay/sight.h"

enum { DRAINS = 12, LINES = 512 };

/* Whether something of the line is lost, or kept: then the choices have it. */
static bool is_in_units(const struct experiment *e, const struct changed_line *l)
{
	if (*pmem2_pf_slot(e->replay->model, l->medium, l->line) == 0)
		return false;
	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];

		if (u->medium == l->medium && u->line <= l->line &&
			l->line < u->line + (u->size + PF_LINE - 1) / PF_LINE &&
			(experiment_is_lost(e, i) || e->failing[i] != 0))
			return true;
	}
	return false;
}

static struct bytes *find(const struct earlier *earlier, const struct changed_line *l)
{
	for (size_t i = 0; i < earlier->count; i++)
		if (earlier->bytes[i].medium == l->medium && earlier->bytes[i].line == l->line)
			return &earlier->bytes[i];
	return NULL;
}

/* A line as it was before; those that are lost or kept are left to the choices. */
static bool take_back(struct experiment *e, struct earlier *earlier, size_t i)
{
	const struct changed_line *l = &e->replay->journal[i];
	struct bytes *b = find(earlier, l);

	if (l->minor || is_in_units(e, l))
		return true;
	if (b == NULL) {
		if (!array_grow(&earlier->bytes, earlier->count, &earlier->room,
			    sizeof(*earlier->bytes)))
			return false;
		b = &earlier->bytes[earlier->count++];
	}
	*b = (struct bytes){.medium = l->medium, .line = l->line, .size = PF_LINE};
	memcpy(b->content, e->replay->before[i], PF_LINE);
	pmem2_pf_volatile_copy(l->medium, l->line, b->content,
		pmem2_pf_medium_line(l->medium, l->line));
	earlier->event = l->event;
	return true;
}

/* Without those that do not matter, as far as each by itself can be given back. */
static void reduce(struct experiment *e, const uint8_t *choice, struct earlier *earlier)
{
	for (size_t i = earlier->count; i-- > 0 && earlier->count > 1;) {
		struct bytes kept = earlier->bytes[i];

		earlier->bytes[i] = earlier->bytes[earlier->count - 1];
		earlier->count--;
		if (!experiment_fails_with(e, choice, earlier->bytes, earlier->count) && e->passed)
			continue;
		earlier->bytes[earlier->count++] = earlier->bytes[i];
		earlier->bytes[i] = kept;
	}
}

/* The last event at which a line changed. */
static uint64_t changed_at(const struct replay *r, const struct bytes *b)
{
	for (size_t i = r->journal_count; i-- > 0;)
		if (r->journal[i].medium == b->medium && r->journal[i].line == b->line &&
			!r->journal[i].minor)
			return r->journal[i].event;
	return 0;
}

static void name_one(const struct experiment *e, struct earlier *earlier)
{
	earlier->event = 0;
	for (size_t i = 0; i < earlier->count; i++) {
		uint64_t event = changed_at(e->replay, &earlier->bytes[i]);

		if (event > earlier->event) {
			earlier->event = event;
			earlier->named = i;
		}
	}
}

bool earlier_find(struct experiment *e, const uint8_t *choice, struct earlier *earlier)
{
	const struct replay *r = e->replay;
	size_t i = r->journal_count;

	for (unsigned drains = 0; r->before != NULL && i > 0 && drains < DRAINS; drains++) {
		if (r->journal[i - 1].minor) {
			i--;
			drains--;
			continue;
		}
		uint64_t event = r->journal[i - 1].event;
		size_t before = earlier->count;

		while (i > 0 && r->journal[i - 1].event == event)
			if (!take_back(e, earlier, --i))
				return false;
		if (earlier->count > LINES || e->failed)
			break;
		if (earlier->count == before && earlier->event != event)
			continue;
		if (experiment_fails_with(e, choice, earlier->bytes, earlier->count) || !e->passed)
			continue;
		if (!e->failed && !e->over && earlier->count <= 32)
			reduce(e, choice, earlier);
		name_one(e, earlier);
		return !e->failed;
	}
	earlier->count = 0;
	return false;
}

bool earlier_differs(const struct earlier *earlier, struct bytes *bytes)
{
	const struct bytes *b = &earlier->bytes[earlier->named];
	const char *now = pmem2_pf_medium_line(b->medium, b->line);
	size_t first = 0, last = PF_LINE;

	while (first < PF_LINE && now[first] == b->content[first])
		first++;
	while (last > first && now[last - 1] == b->content[last - 1])
		last--;
	*bytes = (struct bytes){.medium = b->medium,
		.line = b->line,
		.at = first,
		.size = last - first};
	memcpy(bytes->content, now + first, last - first);
	return last > first;
}
