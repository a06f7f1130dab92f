/* SPDX-License-Identifier: BSD-3-Clause */
/* cause.c -- what an image that fails lacks, and what it has that needs it. */
#include "cause.h"

#include <stdlib.h>
#include <string.h>

#include "earlier.h"
#include "experiment.h"
#include "history.h"
#include "later.h"
#include "powerfail/model.h"
#include "replay/replay.h"

enum { MOST_LOST = 8 }; /* units of which it is tried whether an order helps */

/* ---- what differs ---- */

/* Narrows bytes of a line to those that differ: whether any do. */
static bool narrow(struct bytes *b, struct pf_medium *medium, size_t offset, const char *old,
	const char *new, size_t size)
{
	size_t first = 0, last = size;

	while (first < size && old[first] == new[first])
		first++;
	if (first == size)
		return false;
	while (old[last - 1] == new[last - 1])
		last--;
	*b = (struct bytes){.medium = medium,
		.line = (offset + first) / PF_LINE,
		.at = (offset + first) % PF_LINE};
	b->size = last - first < PF_LINE - b->at ? last - first : PF_LINE - b->at;
	memcpy(b->content, new + first, b->size);
	return true;
}

/* Where a unit differs between two choices. */
static bool unit_differs(struct bytes *b, const struct unit *u, unsigned old, unsigned new)
{
	return narrow(b, u->medium, u->line * PF_LINE + u->at, units_content(u, old),
		units_content(u, new), u->size);
}

/* ---- what is lost ---- */

/* The first choice with which the unit makes it pass; that of all stores if it takes others, too. */
static unsigned needed(struct experiment *e, size_t i)
{
	for (unsigned c = e->failing[i] + 1u; c < e->live[i]; c++) {
		memcpy(e->trial, e->failing, e->units.count);
		e->trial[i] = (uint8_t)c;
		if (!experiment_fails(e, e->trial) && e->passed)
			return c;
	}
	return e->live[i];
}

static size_t first_kept(const struct experiment *e)
{
	for (size_t i = 0; i < e->units.count; i++)
		if (e->failing[i] != 0 && !experiment_is_lost(e, i))
			return i;
	return SIZE_MAX;
}

/* Whether it passes with one of what is lost, and without what needs it. */
static bool is_orderable(struct experiment *e, size_t lost, const struct earlier *earlier)
{
	uint8_t *choice = malloc(e->units.count + 1);
	bool passes = false;

	if (choice == NULL)
		return false;
	/* what does not matter is not there, or all of it is: in case that there is another fault */
	for (int rest = 0; rest < 2 && !passes; rest++) {
		for (size_t i = 0; i < e->units.count; i++)
			choice[i] = experiment_is_lost(e, i)      ? e->failing[i]
			            : e->failing[i] != 0 || !rest ? 0
			                                          : e->live[i];
		choice[lost] = e->live[lost];
		experiment_fails_with(e, choice, earlier->bytes, earlier->count);
		passes = e->passed && !e->failed;
	}
	free(choice);
	return passes;
}

/* Whether the program goes on to flush it: then it is late, and not forgotten. */
static bool is_flushed_next(const struct experiment *e, size_t i)
{
	struct sight s = {0};

	if (!unit_differs(&s.bytes, &e->units.unit[i], e->failing[i], e->live[i]))
		return false;
	sight_find(&s, e->replay->trace, e->replay->event);
	return s.flushed != 0 && s.named;
}

/* One of what is lost that was there at a drain which has passed, and that nobody has flushed. */
static bool choose_overdue(const struct experiment *e, struct cause *c)
{
	uint64_t drain = sight_last_drain(e->replay->trace, e->replay->event + 1);

	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];
		const struct pf_version *v = u->version[e->live[i]];

		if (!experiment_is_lost(e, i) || u->pending[e->live[i]] != NULL || v == NULL ||
			v->event >= drain || is_flushed_next(e, i))
			continue;
		c->lost_unit = i;
		return true;
	}
	return false;
}

/* One of what is lost, for which an order helps if there is such; one that nobody flushed if it can be. */
static bool choose_lost(struct experiment *e, struct cause *c, const struct earlier *earlier)
{
	size_t tried = 0;

	c->is_orderable = false;
	c->is_overdue = choose_overdue(e, c);
	if (c->is_overdue) {
		c->is_orderable = c->has_kept && is_orderable(e, c->lost_unit, earlier);
		return true;
	}
	for (size_t i = 0; i < e->units.count && tried < MOST_LOST; i++) {
		bool unflushed = e->units.unit[i].pending[e->live[i]] == NULL;

		if (!experiment_is_lost(e, i))
			continue;
		if (tried++ == 0)
			c->lost_unit = i;
		if (!c->has_kept || (c->is_orderable && !unflushed) || !is_orderable(e, i, earlier))
			continue;
		c->is_orderable = true;
		c->lost_unit = i;
		if (unflushed)
			break;
	}
	return tried > 0;
}

/* ---- what needs it ---- */

static void set_place(size_t *at, size_t *size, const struct bytes *b)
{
	*at = b->line * PF_LINE + b->at;
	*size = b->size;
}

static void find_kept(struct experiment *e, struct cause *c, const struct earlier *earlier)
{
	if (c->kept_unit != SIZE_MAX) {
		const struct unit *u = &e->units.unit[c->kept_unit];

		c->has_kept = unit_differs(&c->kept.bytes, u, 0, e->failing[c->kept_unit]);
	} else if (earlier->count > 0) {
		c->has_kept = earlier_differs(earlier, &c->kept.bytes);
		c->was_durable = c->has_kept;
	}
	if (!c->has_kept)
		return;
	sight_find(&c->kept, e->replay->trace, c->was_durable ? earlier->event : e->replay->event);
	set_place(&c->kept_at, &c->kept_size, &c->kept.bytes);
}

/*
 * What needs it was durable before it was flushed. A flush that names other bytes of the line, or comes after yet
 * another drain, was meant for something else.
 */
static void forget_late_flush(const struct experiment *e, struct cause *c, uint64_t durable)
{
	uint64_t drain;

	if (!c->was_durable || c->lost.flushed < durable)
		return;
	drain = sight_next_drain(e->replay->trace, durable + 1);
	if (!c->lost.named || (drain != 0 && drain < c->lost.flushed && c->lost.seen < drain))
		c->lost.flushed = c->lost.drained = 0;
}

static void note_lost(struct experiment *e, struct cause *c, const struct earlier *earlier)
{
	const struct unit *u = &e->units.unit[c->lost_unit];

	if (unit_differs(&c->lost.bytes, u, e->failing[c->lost_unit], needed(e, c->lost_unit)))
		sight_find(&c->lost, e->replay->trace, e->replay->event);
	forget_late_flush(e, c, earlier->event);
	set_place(&c->lost_at, &c->lost_size, &c->lost.bytes);
}

/* Whether it passes with what is lost, and without that one alone of what is kept. */
static bool is_held_back(struct experiment *e, size_t lost, size_t kept)
{
	memcpy(e->trial, e->failing, e->units.count);
	e->trial[lost] = e->live[lost];
	e->trial[kept] = 0;
	return !experiment_fails(e, e->trial) && e->passed;
}

/* Of several that are kept, the one that an order holds back: the end of a log, and not what the log is about. */
static void choose_kept(struct experiment *e, struct cause *c, const struct earlier *earlier)
{
	size_t tried = 0;

	if (!c->is_orderable || c->kept_unit == SIZE_MAX)
		return;
	for (size_t i = c->kept_unit; i < e->units.count && tried < MOST_LOST; i++) {
		if (e->failing[i] == 0 || experiment_is_lost(e, i))
			continue;
		tried++;
		if (!is_held_back(e, c->lost_unit, i))
			continue;
		if (i != c->kept_unit) {
			c->kept_unit = i;
			c->kept = (struct sight){0};
			find_kept(e, c, earlier);
		}
		return;
	}
}

/* What is durable now, and was not yet. */
static bool find_guard_before(struct experiment *e, const struct cause *c, struct cause *guard)
{
	struct cause other = *c;
	struct earlier earlier = {0};
	bool found = false;

	other.kept_unit = SIZE_MAX;
	other.has_kept = false;
	if (earlier_find(e, e->failing, &earlier)) {
		other.kept = (struct sight){0};
		find_kept(e, &other, &earlier);
		choose_lost(e, &other, &earlier);
		found = other.has_kept && other.is_orderable;
	}
	if (found) {
		note_lost(e, &other, &earlier);
		*guard = other;
	}
	free(earlier.bytes);
	return found;
}

/* ---- what comes later ---- */

static bool passes_without_kept(struct experiment *e, const struct later *later,
	const struct earlier *earlier)
{
	size_t count = later->count + earlier->count;
	struct bytes *all = malloc((count + 1) * sizeof(*all));
	uint8_t *choice = calloc(1, e->units.count + 1);
	bool passes = false;

	if (all != NULL && choice != NULL) {
		memcpy(all, earlier->bytes != NULL ? earlier->bytes : later->bytes,
			earlier->count * sizeof(*all));
		memcpy(all + earlier->count, later->bytes, later->count * sizeof(*all));
		experiment_fails_with(e, choice, all, count);
		passes = e->passed && !e->failed;
		for (size_t i = 0; i < e->units.count; i++)
			choice[i] = e->failing[i] != 0 || experiment_is_lost(e, i) ? 0 : e->live[i];
		if (!passes)
			experiment_fails_with(e, choice, all, count);
		passes = e->passed && !e->failed;
	}
	free(choice);
	free(all);
	return passes;
}

static void note_future(struct cause *c, const struct later *later)
{
	size_t first = 0, other = later->count;

	while (c->future_count < MEND_LINES && (first < later->count || other < later->all)) {
		bool is_needed =
			other == later->all ||
			(first < later->count && later->event[first] <= later->event[other]);
		size_t i = is_needed ? first++ : other++;

		c->future[c->future_count++] =
			(struct future){later->bytes[i], later->event[i], is_needed};
	}
}

static void note_later(struct experiment *e, struct cause *c, const struct later *later)
{
	const struct bytes *b = &later->bytes[0];
	const char *now = pmem2_pf_model_last(e->replay->model, b->medium, b->line) + b->at;

	if (!narrow(&c->lost.bytes, b->medium, b->line * PF_LINE + b->at, now, b->content, b->size))
		c->lost.bytes = *b;
	sight_find(&c->lost, e->replay->trace, later->event[0]);
	set_place(&c->lost_at, &c->lost_size, &c->lost.bytes);
	note_future(c, later);
}

/* What is stored only later. */
static bool find_guard_after(struct experiment *e, const struct cause *c, struct cause *guard)
{
	struct later later = {0};
	struct earlier none = {0};
	uint8_t *choice = malloc(e->units.count + 1);
	bool found;

	for (size_t i = 0; choice != NULL && i < e->units.count; i++)
		choice[i] = experiment_is_lost(e, i) ? e->failing[i] : e->live[i];
	found = choice != NULL && later_find(e, choice, &later) &&
	        passes_without_kept(e, &later, &none);
	if (found) {
		*guard = *c;
		note_later(e, guard, &later);
		guard->is_orderable = guard->is_future = true;
		guard->lost_unit = SIZE_MAX;
	}
	later_free(&later);
	free(choice);
	return found;
}

bool cause_find(struct experiment *e, struct cause *c)
{
	struct earlier earlier = {0};

	*c = (struct cause){.lost_unit = SIZE_MAX, .kept_unit = SIZE_MAX};
	experiment_kept(e);
	c->kept_unit = first_kept(e);
	if (c->kept_unit == SIZE_MAX)
		earlier_find(e, e->failing, &earlier);
	find_kept(e, c, &earlier);
	if (choose_lost(e, c, &earlier)) {
		choose_kept(e, c, &earlier);
		note_lost(e, c, &earlier);
	}
	free(earlier.bytes);
	if (c->lost_unit == SIZE_MAX || c->lost.bytes.medium == NULL)
		return false;
	return true;
}

bool cause_find_guard(struct experiment *e, const struct cause *c, struct cause *guard)
{
	if (c->kept_unit == SIZE_MAX || !c->has_kept || c->is_orderable || c->is_overdue)
		return false;
	return find_guard_before(e, c, guard) || find_guard_after(e, c, guard);
}

bool cause_find_later(struct experiment *e, struct cause *c)
{
	struct later later = {0};
	struct earlier earlier = {0};
	bool found;

	*c = (struct cause){.lost_unit = SIZE_MAX, .kept_unit = SIZE_MAX, .is_future = true};
	memcpy(e->failing, e->live, e->units.count);
	found = later_find(e, e->live, &later);
	if (found) {
		experiment_kept(e);
		c->kept_unit = first_kept(e);
		if (c->kept_unit == SIZE_MAX)
			earlier_find(e, e->failing, &earlier);
		find_kept(e, c, &earlier);
		note_later(e, c, &later);
		c->is_orderable = c->has_kept && passes_without_kept(e, &later, &earlier);
	}
	later_free(&later);
	free(earlier.bytes);
	return found;
}
