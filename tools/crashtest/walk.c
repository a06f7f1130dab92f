/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.c -- goes through a trace, and has the images of each point of failure checked. */
#include "walk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "set.h"

enum {
	EXHAUSTIVE =
		1024, /* combinations up to which all are tried: 10 lines, in one version each */
	ENOUGH = 50,  /* failures of one call stack, without --all */
	SINGLES = 64, /* units that are tried alone, and left out alone, where there are more */
};

struct point {
	uint64_t event;
	uint32_t stack;
	enum pf_record_kind kind; /* PF_RECORD_EXIT: the end */
	uint32_t thread;
};

struct walk {
	const struct options *options;
	struct replay replay;
	struct jobs jobs;
	struct units units;
	struct overlay overlay;
	uint8_t *choice;
	size_t choice_room;
	struct set images; /* hashes of those checked */
	struct set points; /* and of the points */
	uint64_t events;
	double began, shown; /* progress */
	struct walked *walked;
	const struct results *results;
};

static unsigned units_of(const struct options *options)
{
	return (options->torn ? UNITS_TORN : 0) | (options->evictions ? UNITS_EVICTED : 0);
}

/* ---- progress ---- */

static void show_progress(struct walk *w)
{
	enum { WIDTH = 24 };
	double now = crashtest_now(), part, seconds = now - w->began;
	int full;

	if (!isatty(STDERR_FILENO) || now - w->shown < 0.1)
		return;
	w->shown = now;
	part = w->events > 0 ? (double)w->replay.event / (double)w->events : 0;
	full = (int)(part * WIDTH);
	fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %llu images, %zu failed, %.0f a second", full,
		"########################", WIDTH - full, "", part * 100,
		(unsigned long long)w->jobs.checked, results_failed(w->results),
		seconds > 0 ? (double)w->jobs.checked / seconds : 0.0);
	if (part > 0.02)
		fprintf(stderr, ", %.0f s left   ", seconds / part - seconds);
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* ---- images ---- */

/* false: no more, for whatever reason */
static bool try(struct walk *w, const struct point *p, enum choosing kind, uint64_t number)
{
	struct check check = {.event = p->event, .stack = p->stack, .kind = p->kind};

	if (!w->options->all && results_failed_at(w->results, p->stack, p->kind) >= ENOUGH)
		return true;
	choose(kind, number, w->options->seed, &w->units, w->choice);
	if (!overlay_make(&w->overlay, &w->replay, &w->units, w->choice))
		return false;
	if (!set_add(&w->images, w->overlay.hash))
		return !w->images.failed;

	choice_name(kind, number, &w->units, w->choice, check.name, sizeof(check.name));
	w->walked->images++;
	show_progress(w);
	return jobs_submit(&w->jobs, &w->overlay, &check);
}

static bool try_singles(struct walk *w, const struct point *p)
{
	size_t count = w->units.count, step = (count + SINGLES - 1) / SINGLES;
	bool going = true;

	for (size_t i = 0; going && i < count; i += step)
		going = try(w, p, CHOOSE_BUT, i) && try(w, p, CHOOSE_ONLY, i);
	return going;
}

static bool try_all_images(struct walk *w, const struct point *p)
{
	bool going = try(w, p, CHOOSE_NONE, 0) && try(w, p, CHOOSE_ALL, 0);

	if (going && w->options->evictions)
		going = try(w, p, CHOOSE_LIVE, 0);
	if (going && p->kind == PF_RECORD_DRAIN)
		going = try(w, p, CHOOSE_THREAD, p->thread);

	if (w->units.combinations <= EXHAUSTIVE) {
		for (uint64_t i = 0; going && i < w->units.combinations; i++)
			going = try(w, p, CHOOSE_COUNTED, i);
		return going;
	}
	going = going && try_singles(w, p);
	for (uint64_t i = 0; going && i < w->options->samples; i++)
		going = try(w, p, CHOOSE_RANDOM, i);
	return going;
}

/* ---- points ---- */

static bool make_room(struct walk *w)
{
	uint8_t *grown;

	if (w->units.count < w->choice_room)
		return true;
	grown = realloc(w->choice, 2 * w->units.count + 1);
	if (grown == NULL)
		return false;
	w->choice = grown;
	w->choice_room = 2 * w->units.count + 1;
	return true;
}

/* Without --all, one of those that were come to in the same way, with as many lines on their way. */
static bool is_wanted(struct walk *w, const struct point *p)
{
	uint64_t key = replay_pending(&w->replay) * UINT64_C(0x9e3779b97f4a7c15);

	/* how much is dirty is told by orders of magnitude: with some programs it only grows */
	key += 64 - (unsigned)__builtin_clzll(w->replay.model.dirty | 1) +
	       (w->replay.model.dirty > 0);
	key = (key ^ p->stack) * UINT64_C(0xff51afd7ed558ccd);
	key = (key ^ (uint64_t)p->kind) * UINT64_C(0xc4ceb9fe1a85ec53);
	return w->options->all || set_add(&w->points, key ^ key >> 29);
}

static bool visit(struct walk *w, const struct pf_record *record, enum pf_record_kind kind,
	uint64_t event)
{
	struct point p = {.event = event, .kind = kind};

	if (record != NULL) {
		p.stack = record->stack;
		p.thread = record->thread;
	}
	if (w->replay.failed || w->replay.media_count == 0 || !is_wanted(w, &p))
		return !w->replay.failed;
	w->walked->points++;
	return units_collect(&w->units, &w->replay, units_of(w->options)) && make_room(w) &&
	       try_all_images(w, &p);
}

static bool walk_all(struct walk *w)
{
	const struct pf_record *record;
	bool going = true;

	while (going && (record = replay_next(&w->replay)) != NULL) {
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		if (kind == PF_RECORD_DRAIN)
			going = visit(w, record, kind, w->replay.event + 1);
		replay_apply(&w->replay, record);
		if (going && kind == PF_RECORD_FLUSH)
			going = visit(w, record, kind, w->replay.event);
	}
	return going && visit(w, NULL, PF_RECORD_EXIT, w->replay.event + 1);
}

static void done(void *arg, const struct check *check, const struct outcome *outcome)
{
	if (outcome->kind != CHECK_PASSED)
		results_add(arg, check, outcome);
}

static void finish(struct walk *w)
{
	units_free(&w->units);
	overlay_free(&w->overlay);
	set_free(&w->images);
	set_free(&w->points);
	free(w->choice);
	replay_close(&w->replay);
}

int walk(const struct options *options, const char *trace, uint64_t events, struct results *results,
	struct walked *walked)
{
	struct walk w = {
		.options = options,
		.events = events,
		.walked = walked,
		.results = results,
		.began = crashtest_now(),
	};
	int ret = CRASHTEST_FAILED;

	if (replay_open(&w.replay, trace) != 0)
		return crashtest_fail("%s", w.replay.error);
	if (jobs_init(&w.jobs, options, &w.replay) == 0) {
		w.jobs.done = done;
		w.jobs.arg = results;
		walked->complete = walk_all(&w);
		jobs_wait(&w.jobs);
		clear_progress();
		walked->complete = walked->complete && !w.jobs.failed && !crashtest_interrupted;
		ret = walked->complete ? 0 : CRASHTEST_FAILED;
		if (w.replay.failed)
			crashtest_fail("%s", w.replay.error);
	}
	jobs_finish(&w.jobs);
	finish(&w);
	return ret;
}

/* ---- to one moment ---- */

int walk_to(struct replay *r, uint64_t event)
{
	size_t at = r->reader.at;
	const struct pf_record *record;

	while (r->event < event && (record = replay_next(r)) != NULL) {
		if (r->event + 1 == event && pmem2_pf_record_kind(record) == PF_RECORD_DRAIN) {
			r->reader.at = at; /* it is still to come */
			return 0;
		}
		replay_apply(r, record);
		at = r->reader.at;
	}
	return r->failed ? -1 : 0;
}

void walk_to_drain(struct replay *r)
{
	size_t at = r->reader.at;
	const struct pf_record *record;

	while ((record = replay_next(r)) != NULL &&
		pmem2_pf_record_kind(record) != PF_RECORD_DRAIN) {
		replay_apply(r, record);
		at = r->reader.at;
	}
	r->reader.at = at;
}
