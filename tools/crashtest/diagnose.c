/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * diagnose.c -- finds out what is wrong, by experiments with the checker.
 *
 * Starting from an image that fails, it first asks whether the image fails that lost nothing. If that
 * passes, losses are given back as long as the checker still fails: what remains lost is what matters. Then
 * what is not lost is taken away likewise: what remains is what needs the other.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose.h"

enum {
	MOST_CHECKS = 400, /* for one failure */
	SMALL = PF_LINE,   /* bytes: one thing, which no program means to be two */
};

static unsigned units_of(const struct options *options)
{
	return UNITS_EVICTED | (options->torn ? UNITS_TORN : 0);
}

void diagnosis_conclude(struct diagnosis *d, enum fault fault, const char *format, ...)
{
	va_list args;

	d->group->fault = fault;
	va_start(args, format);
	vsnprintf(d->group->explanation, sizeof(d->group->explanation), format, args);
	va_end(args);
}

/* ---- experiments ---- */

bool diagnosis_fails_overlay(struct diagnosis *d)
{
	struct outcome outcome;

	d->checks++;
	if (!jobs_check(&d->jobs, &d->overlay, &outcome)) {
		d->failed = true;
		return false;
	}
	return outcome.kind != CHECK_PASSED;
}

static bool fails(struct diagnosis *d, const uint8_t *choice)
{
	if (d->failed || !overlay_make(&d->overlay, &d->replay, &d->units, choice))
		return false;
	return diagnosis_fails_overlay(d);
}

/* Sets some units of what fails to another choice, as far as it still fails; halving what does not. */
static void move_towards(struct diagnosis *d, const uint8_t *goal, size_t begin, size_t end)
{
	size_t differing = 0;

	memcpy(d->trial, d->failing, d->units.count);
	for (size_t i = begin; i < end; i++) {
		differing += d->trial[i] != goal[i];
		d->trial[i] = goal[i];
	}
	if (differing == 0 || d->checks >= MOST_CHECKS || d->failed)
		return;
	if (fails(d, d->trial)) {
		memcpy(d->failing, d->trial, d->units.count);
		return;
	}
	if (differing > 1) {
		move_towards(d, goal, begin, begin + (end - begin) / 2);
		move_towards(d, goal, begin + (end - begin) / 2, end);
	}
}

/* ---- what is lost, and what needs it ---- */

static const struct pf_version *live_version(const struct unit *u)
{
	return u->version[u->newest];
}

static bool is_lost(const struct diagnosis *d, size_t i)
{
	return d->failing[i] != d->live[i];
}

const char *diagnosis_name(const struct pf_medium *medium)
{
	const char *slash = strrchr(medium->path, '/');

	return slash != NULL ? slash + 1 : medium->path;
}

/* "data+0x40, 24 bytes": what of a unit is not durable. */
static void describe(const struct diagnosis *d, size_t i, char *text, size_t size)
{
	const struct unit *u = &d->units.unit[i];
	const char *now = pmem2_pf_medium_line(u->medium, u->line);
	const char *live = live_version(u) != NULL ? live_version(u)->content : now;
	size_t first = u->at, last = u->at + u->size;

	while (first < last && now[first] == live[first])
		first++;
	while (last > first && now[last - 1] == live[last - 1])
		last--;
	snprintf(text, size, "%.200s+0x%zx, %zu byte%s", diagnosis_name(u->medium),
		u->line * PF_LINE + first, last - first, last - first == 1 ? "" : "s");
}

static size_t first_lost(const struct diagnosis *d)
{
	size_t i = 0;

	while (i < d->units.count && !is_lost(d, i))
		i++;
	return i;
}

/* Two units that one small flush covered: parts of one thing. */
static bool are_one(struct diagnosis *d, size_t lost, size_t kept)
{
	const struct pf_version *a = live_version(&d->units.unit[lost]);
	const struct pf_version *b = live_version(&d->units.unit[kept]);

	return a != NULL && b != NULL && a->event == b->event && a->line != b->line &&
	       diagnosis_named_length(d, a) <= SMALL;
}

/* A content of the unit that nobody had flushed, and with which it passes; 0: there is none. */
static unsigned unflushed_choice(struct diagnosis *d, size_t i)
{
	const struct unit *u = &d->units.unit[i];

	for (unsigned c = u->choices - 1; c > 0; c--) {
		if (u->version[c]->thread != NULL)
			continue;
		memcpy(d->trial, d->failing, d->units.count);
		d->trial[i] = (uint8_t)c;
		if (!fails(d, d->trial) && !d->failed)
			return c;
	}
	return 0;
}

static bool name_missing_flush(struct diagnosis *d)
{
	char place[256];

	for (size_t i = 0; i < d->units.count; i++) {
		const struct unit *u = &d->units.unit[i];
		unsigned choice = is_lost(d, i) ? unflushed_choice(d, i) : 0;

		if (choice == 0)
			continue;
		describe(d, i, place, sizeof(place));
		if (diagnosis_is_behind_flush(d, u, u->version[choice]->event))
			diagnosis_conclude(d, FAULT_PARTIAL_FLUSH,
				"%s, were stored before a drain and not flushed; what stands "
				"before them was",
				place);
		else
			diagnosis_conclude(d, FAULT_MISSING_FLUSH,
				"%s, were stored before a drain and not flushed", place);
		return true;
	}
	return false;
}

/* A version of a unit that is lost, and for which another thread drained; NULL: there is none. */
static const struct pf_version *foreign_version(const struct diagnosis *d, size_t i)
{
	const struct unit *u = &d->units.unit[i];

	for (unsigned c = d->failing[i] + 1; c < u->choices; c++)
		if (u->version[c]->foreign)
			return u->version[c];
	return NULL;
}

static bool name_other_thread(struct diagnosis *d)
{
	char place[256];

	for (size_t i = 0; i < d->units.count; i++) {
		const struct pf_version *v = is_lost(d, i) ? foreign_version(d, i) : NULL;

		if (v == NULL)
			continue;
		describe(d, i, place, sizeof(place));
		diagnosis_conclude(d, FAULT_OTHER_THREAD,
			"%s, were flushed by thread %u; a drain by another thread does not wait "
			"for that",
			place, v->thread->id);
		return true;
	}
	return false;
}

/* What is not lost, and without which the loss would do no harm; the first unit, or their count. */
static size_t find_kept(struct diagnosis *d)
{
	uint8_t *goal = calloc(1, d->units.count + 1);
	size_t kept = d->units.count;

	if (goal == NULL)
		return kept;
	for (size_t i = 0; i < d->units.count; i++)
		goal[i] = is_lost(d, i) ? d->failing[i] : 0;
	move_towards(d, goal, 0, d->units.count);
	for (size_t i = d->units.count; i-- > 0;)
		if (d->failing[i] != goal[i])
			kept = i;
	free(goal);
	return kept;
}

static bool are_of_one_line(const struct unit *a, const struct unit *b)
{
	return a->medium == b->medium && a->line == b->line;
}

static void name_order(struct diagnosis *d)
{
	size_t lost = first_lost(d), kept = find_kept(d);
	char before[256], after[256];

	if (lost == d->units.count) {
		diagnosis_conclude(d, FAULT_UNKNOWN, "nothing that is lost matters");
		return;
	}
	describe(d, lost, before, sizeof(before));
	if (kept == d->units.count) {
		diagnosis_conclude(d, FAULT_UNORDERED,
			"%s, can be lost, and what is durable already needs them", before);
		return;
	}

	describe(d, kept, after, sizeof(after));
	if (are_of_one_line(&d->units.unit[lost], &d->units.unit[kept]))
		diagnosis_conclude(d, FAULT_TORN, "of one line, %s, can be lost and %s, kept",
			before, after);
	else if (are_one(d, lost, kept))
		diagnosis_conclude(d, FAULT_ASTRIDE,
			"one flush of few bytes covers two lines: %s, can be lost and %s, kept",
			before, after);
	else
		diagnosis_conclude(d, FAULT_UNORDERED,
			"%s, can be lost and %s, kept: no drain is between them", before, after);
}

/* ---- one failure ---- */

/* Takes the choices of the failing image over to the units that there are before the next drain. */
static bool take_over(struct diagnosis *d, const struct units *then, const uint8_t *choice)
{
	d->failing = calloc(3, d->units.count + 1);
	if (d->failing == NULL)
		return false;
	d->live = d->failing + d->units.count;
	d->trial = d->live + d->units.count;
	choose(CHOOSE_LIVE, 0, 0, &d->units, d->live);

	for (size_t i = 0; i < then->count; i++) {
		const struct unit *old = &then->unit[i];

		for (size_t j = 0; j < d->units.count; j++) {
			const struct unit *u = &d->units.unit[j];

			if (u->medium != old->medium || u->line != old->line || u->at != old->at)
				continue;
			for (unsigned c = 1; choice[i] != 0 && c < u->choices; c++)
				if (memcmp(u->version[c]->content + u->at,
					    old->version[choice[i]]->content + u->at, u->size) == 0)
					d->failing[j] = (uint8_t)c;
		}
	}
	return true;
}

static bool prepare(struct diagnosis *d)
{
	struct units then = {0};
	unsigned how =
		(d->options->torn ? UNITS_TORN : 0) | (d->options->evictions ? UNITS_EVICTED : 0);
	uint8_t *choice;
	bool done = false;

	if (walk_to(&d->replay, d->group->event) != 0 || !units_collect(&then, &d->replay, how))
		return false;
	choice = calloc(1, then.count + 1);
	if (choice != NULL && choice_read(d->group->name, d->options->seed, &then, choice)) {
		walk_to_drain(&d->replay);
		done = units_collect(&d->units, &d->replay, units_of(d->options)) &&
		       take_over(d, &then, choice);
	}
	free(choice);
	units_free(&then);
	return done;
}

/* The name of the image that is left, for the units that a later run has at that event. */
static void judge(struct diagnosis *d)
{
	if (!fails(d, d->failing)) {
		diagnosis_conclude(d, FAULT_UNSTEADY,
			"the same image passed when it was checked again");
		return;
	}
	if (fails(d, d->live)) {
		if (!diagnosis_stale(d))
			diagnosis_conclude(d, FAULT_RECOVERY,
				"nothing is lost: it fails on what a killed "
				"process leaves, too");
		return;
	}
	move_towards(d, d->live, 0, d->units.count);
	if (!name_missing_flush(d) && !name_other_thread(d))
		name_order(d);
}

static int diagnose_one(const struct options *options, const char *trace, struct group *group)
{
	struct options with = *options;
	struct diagnosis d = {.options = &with, .group = group};

	with.trace = trace;
	with.jobs = 1;
	if (replay_open(&d.replay, trace) != 0)
		return crashtest_fail("%s", d.replay.error);
	if (prepare(&d)) {
		if (jobs_init(&d.jobs, &with, &d.replay) == 0)
			judge(&d);
		else
			d.failed = true;
		jobs_finish(&d.jobs);
	}
	free(d.failing);
	units_free(&d.units);
	overlay_free(&d.overlay);
	replay_close(&d.replay);
	return d.failed ? CRASHTEST_FAILED : 0;
}

int diagnose(const struct options *options, const char *trace, struct results *results)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < results->count; i++)
		ret = diagnose_one(options, trace, &results->group[i]);
	return ret;
}
