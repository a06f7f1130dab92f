/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * conclude.c -- what is the fault?
 *
 * First: does the image fail that lost nothing? If it passes, losses are given back as long as the checker
 * still fails: what remains lost is what matters. Then what is not lost is taken away likewise: what remains
 * is what needs the other.
 */
#include "conclude.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "history.h"
#include "options.h"
#include "powerfail/model.h"
#include "replay.h"
#include "results.h"
#include "stale.h"

enum { SMALL = PF_LINE }; /* bytes: one thing, which no program means to be two */

static void conclude_that(struct group *group, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void conclude_that(struct group *group, enum fault fault, const char *format, ...)
{
	va_list args;

	group->fault = fault;
	va_start(args, format);
	vsnprintf(group->explanation, sizeof(group->explanation), format, args);
	va_end(args);
}

/* ---- what is lost, and what needs it ---- */

static const struct pf_version *live_version(const struct unit *u)
{
	return u->version[u->newest];
}

static const char *name_of(const struct pf_medium *medium)
{
	const char *slash = strrchr(medium->path, '/');

	return slash != NULL ? slash + 1 : medium->path;
}

/* "data+0x40, 24 bytes": what of a unit is not durable. */
static void describe(const struct experiment *e, size_t i, char *text, size_t size)
{
	const struct unit *u = &e->units.unit[i];
	const char *now = pmem2_pf_medium_line(u->medium, u->line);
	const char *live = live_version(u) != NULL ? live_version(u)->content : now;
	size_t first = u->at, last = u->at + u->size;

	while (first < last && now[first] == live[first])
		first++;
	while (last > first && now[last - 1] == live[last - 1])
		last--;
	snprintf(text, size, "%.200s+0x%zx, %zu byte%s", name_of(u->medium),
		u->line * PF_LINE + first, last - first, last - first == 1 ? "" : "s");
}

static size_t first_lost(const struct experiment *e)
{
	size_t i = 0;

	while (i < e->units.count && !experiment_is_lost(e, i))
		i++;
	return i;
}

/* Two units that one small flush covered: parts of one thing. */
static bool are_one(struct experiment *e, size_t lost, size_t kept)
{
	const struct pf_version *a = live_version(&e->units.unit[lost]);
	const struct pf_version *b = live_version(&e->units.unit[kept]);

	return a != NULL && b != NULL && a->event == b->event && a->line != b->line &&
	       history_named_length(e->replay->trace, a) <= SMALL;
}

static bool name_missing_flush(struct experiment *e, struct group *group)
{
	char place[256];

	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];
		unsigned choice = experiment_is_lost(e, i) ? experiment_unflushed(e, i) : 0;

		if (choice == 0)
			continue;
		describe(e, i, place, sizeof(place));
		if (history_is_after_flush(e->replay->trace, u, u->version[choice]->event))
			conclude_that(group, FAULT_PARTIAL_FLUSH,
				"%s, were stored before a drain and not flushed; what stands "
				"before them was",
				place);
		else
			conclude_that(group, FAULT_MISSING_FLUSH,
				"%s, were stored before a drain and not flushed", place);
		return true;
	}
	return false;
}

/* A version of a unit that is lost, and for which another thread drained; NULL: there is none. */
static const struct pf_version *foreign_version(const struct experiment *e, size_t i)
{
	const struct unit *u = &e->units.unit[i];

	for (unsigned c = e->failing[i] + 1; c < u->choices; c++)
		if (u->version[c]->foreign)
			return u->version[c];
	return NULL;
}

static bool name_other_thread(struct experiment *e, struct group *group)
{
	char place[256];

	for (size_t i = 0; i < e->units.count; i++) {
		const struct pf_version *v =
			experiment_is_lost(e, i) ? foreign_version(e, i) : NULL;

		if (v == NULL)
			continue;
		describe(e, i, place, sizeof(place));
		conclude_that(group, FAULT_OTHER_THREAD,
			"%s, were flushed by thread %u; a drain by another thread does not wait "
			"for that",
			place, v->thread->id);
		return true;
	}
	return false;
}

static bool are_of_one_line(const struct unit *a, const struct unit *b)
{
	return a->medium == b->medium && a->line == b->line;
}

static void name_order(struct experiment *e, struct group *group)
{
	size_t lost = first_lost(e), kept = experiment_kept(e);
	char before[256], after[256];

	if (lost == e->units.count) {
		conclude_that(group, FAULT_UNKNOWN, "nothing that is lost matters");
		return;
	}
	describe(e, lost, before, sizeof(before));
	if (kept == e->units.count) {
		conclude_that(group, FAULT_UNORDERED,
			"%s, can be lost, and what is durable already needs them", before);
		return;
	}

	describe(e, kept, after, sizeof(after));
	if (are_of_one_line(&e->units.unit[lost], &e->units.unit[kept]))
		conclude_that(group, FAULT_TORN, "of one line, %s, can be lost and %s, kept",
			before, after);
	else if (are_one(e, lost, kept))
		conclude_that(group, FAULT_ASTRIDE,
			"one flush of few bytes covers two lines: %s, can be lost and %s, kept",
			before, after);
	else
		conclude_that(group, FAULT_UNORDERED,
			"%s, can be lost and %s, kept: no drain is between them", before, after);
}

/* ---- one failure ---- */

static void name_what_is_whole(struct experiment *e, struct group *group)
{
	struct stale stale;

	if (stale_find(e, &stale))
		conclude_that(group, FAULT_STALE,
			"nothing is lost; the %zu bytes at %.200s+0x%zx are of before the program "
			"began, and with zeros there it passes",
			stale.end - stale.begin, name_of(stale.medium), stale.begin);
	else
		conclude_that(group, FAULT_RECOVERY,
			"nothing is lost: it fails on what a killed process leaves, too");
}

/* What was not tried any more would have to be guessed. */
static void judge(struct experiment *e, struct group *group)
{
	if (!experiment_fails(e, e->failing)) {
		conclude_that(group, FAULT_UNSTEADY,
			"the same image passed when it was checked again");
		return;
	}
	if (experiment_fails(e, e->live)) {
		name_what_is_whole(e, group);
	} else {
		experiment_give_back(e);
		if (!name_missing_flush(e, group) && !name_other_thread(e, group))
			name_order(e, group);
	}
	if (e->over && group->fault != FAULT_MISSING_FLUSH && group->fault != FAULT_PARTIAL_FLUSH &&
		group->fault != FAULT_STALE)
		conclude_that(group, FAULT_UNKNOWN,
			"the checker hung %u times while it was looked for; nothing more was tried",
			e->hung);
}

bool conclude(struct group *group, const struct pieces *pieces, const struct options *options,
	struct replay *r, struct jobs *jobs)
{
	struct experiment e;
	bool done = experiment_begin(&e, r, jobs, UNITS_EVICTED | options_units(options), pieces);

	if (done)
		judge(&e, group);
	done = done && !e.failed;
	experiment_finish(&e);
	return done;
}
