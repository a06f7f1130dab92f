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

#include "acknowledged.h"
#include "experiment.h"
#include "history.h"
#include "options.h"
#include "powerfail/report.h"
#include "trace.h"
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

/* ---- where each store is known ---- */

/* "data+0x40, 8 bytes, stored by put (btree.c:12)"; false: it is not known who stored. */
static bool describe_store(const struct experiment *e, const struct pf_version *v, char *text,
	size_t size)
{
	struct pf_names names = replay_names(e->replay);
	const struct pf_record_store *s =
		v != NULL && v->stored ? history_store(e->replay->trace, v->event) : NULL;
	char stack[768];

	if (s == NULL)
		return false;
	pmem2_pf_stack_text(s->record.stack, &names, stack, sizeof(stack));
	stack[strcspn(stack, "<")] = '\0'; /* the innermost alone */
	stack[strlen(stack) - (stack[strlen(stack) - 1] == ' ')] = '\0';
	snprintf(text, size, "%.200s+0x%zx, %zu byte%s, stored by %.200s", name_of(v->medium),
		(size_t)s->offset, (size_t)s->length, s->length == 1 ? "" : "s", stack);
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
		if (!experiment_fails(e, e->trial))
			return c;
	}
	return 0;
}

/*
 * A line that holds some of its stores, and passes without any of them: what it holds needs what
 * it lost, or must never have been there.
 */
static bool name_line_order(struct experiment *e, struct group *group)
{
	char kept[512], lost[512];

	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];
		unsigned has = e->failing[i], needs;
		const struct pf_record_store *a, *b;

		if (!experiment_is_lost(e, i) || has == 0 || u->store[has] == NULL)
			continue;
		memcpy(e->trial, e->failing, e->units.count);
		e->trial[i] = 0;
		if (experiment_fails(e, e->trial) || e->failed)
			continue;
		has = first_failing(e, i);
		needs = first_passing(e, i, has + 1, u->newest);
		if (!describe_store(e, u->store[has], kept, sizeof(kept)) || needs == 0 ||
			!describe_store(e, u->store[needs], lost, sizeof(lost)))
			continue;
		a = history_store(e->replay->trace, u->store[has]->event);
		b = history_store(e->replay->trace, u->store[needs]->event);
		if (overlap(a, b))
			conclude_that(group, FAULT_OVERWRITTEN, "%s; overwritten only later: %s",
				kept, lost);
		else
			conclude_that(group, FAULT_LINE_ORDER,
				"%s, can be durable before what comes later: %s", kept, lost);
		return true;
	}
	return false;
}

/* A store that is lost, and came too late for the flush of its line. */
static bool name_after_flush(struct experiment *e, struct group *group)
{
	struct pf_names names = replay_names(e->replay);
	char lost[512], stack[768];

	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];
		const struct pf_record_lines *flush;
		unsigned needs;

		if (!experiment_is_lost(e, i) || u->store[u->newest] == NULL)
			continue;
		needs = first_passing(e, i, e->failing[i] + 1, u->newest);
		flush = needs != 0 && u->store[needs] != NULL && needs > u->flushed
		                ? history_flush_before(e->replay->trace, u->store[needs]->event)
		                : NULL;
		if (flush == NULL || !describe_store(e, u->store[needs], lost, sizeof(lost)))
			continue;
		pmem2_pf_stack_text(flush->record.stack, &names, stack, sizeof(stack));
		conclude_that(group, FAULT_AFTER_FLUSH,
			"%s; the line was flushed before that, by %.300s, and not again", lost,
			stack);
		return true;
	}
	return false;
}

/* ---- where flushes and drains are known ---- */

/* A version of a unit that is lost, and for which another thread drained; NULL: there is none. */
static const struct pf_version *foreign_version(const struct experiment *e, size_t i)
{
	const struct unit *u = &e->units.unit[i];

	for (unsigned c = e->failing[i] + 1; c < u->choices; c++)
		if (u->pending[c] != NULL && u->pending[c]->foreign)
			return u->pending[c];
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

/* Who stored what a unit is to hold. */
static void describe_more(const struct experiment *e, size_t i, char *text, size_t size)
{
	const struct unit *u = &e->units.unit[i];

	describe_store(e, u->store[e->live[i]], text, size);
}

static bool are_of_one_line(const struct unit *a, const struct unit *b)
{
	return a->medium == b->medium && a->line == b->line;
}

static void name_order(struct experiment *e, struct group *group)
{
	size_t lost = first_lost(e), kept = experiment_kept(e);
	char before[512], after[512];

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
	describe_more(e, lost, before, sizeof(before));
	describe_more(e, kept, after, sizeof(after));
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
		if (!name_line_order(e, group) && !name_after_flush(e, group) &&
			!name_missing_flush(e, group) && !name_other_thread(e, group))
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
	if (done)
		acknowledged_name(&e, group);
	done = done && !e.failed;
	experiment_finish(&e);
	return done;
}
