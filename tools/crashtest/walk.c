/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.c -- goes through a trace, and has the images of each point of failure checked. */
#include "walk.h"

#include "jobs.h"
#include "options.h"
#include "powerfail/model.h"
#include "replay.h"
#include "results.h"
#include "say.h"
#include "set.h"
#include "signals.h"
#include "trace.h"
#include "tries.h"

struct walk {
	const struct options *options;
	struct replay *replay;
	struct results *results;
	struct walked *walked;
	struct jobs jobs;
	struct tries *tries;
	struct set points; /* that look alike */
	struct progress progress;
};

/* ---- points ---- */

/* Without --all, one of those that were reached in the same way, with as many lines on their way. */
static bool is_wanted(struct walk *w, const struct point *p)
{
	uint64_t key = replay_pending(w->replay) * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t dirty = w->replay->model->dirty;

	/* how much is dirty is told by orders of magnitude: with some programs it only grows */
	key += 64 - (unsigned)__builtin_clzll(dirty | 1) + (dirty > 0);
	key = (key ^ p->stack) * UINT64_C(0xff51afd7ed558ccd);
	key = (key ^ (uint64_t)p->cut) * UINT64_C(0xc4ceb9fe1a85ec53);
	return w->options->all || set_add(&w->points, key ^ key >> 29);
}

static bool visit(struct walk *w, const struct pf_record *record, enum cut cut, uint64_t event)
{
	struct point p = {.event = event, .cut = (int)cut};

	if (record != NULL) {
		p.stack = record->stack;
		p.thread = record->thread;
	}
	if (w->replay->failed || w->replay->media_count == 0 || !is_wanted(w, &p))
		return !w->replay->failed;
	w->walked->points++;
	w->progress.points++;
	w->progress.part = (double)w->replay->event / (double)w->replay->trace->records;
	return tries_at(w->tries, w->replay, &p);
}

static bool walk_all(struct walk *w)
{
	const struct pf_record *record;
	bool going = true;

	while (going && (record = replay_next(w->replay)) != NULL) {
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		bool settles = replay_settles(record);

		if (settles)
			going = visit(w, record, CUT_DRAIN, w->replay->event + 1);
		replay_apply(w->replay, record);
		if (going && kind == PF_RECORD_FLUSH && !settles)
			going = visit(w, record, CUT_FLUSH, w->replay->event);
	}
	return going && visit(w, NULL, CUT_EXIT, w->replay->event + 1);
}

/* ---- images ---- */

static void done(void *arg, const struct check *check, const struct outcome *outcome)
{
	struct walk *w = arg;

	if (outcome->kind != CHECK_PASSED)
		results_add(w->results, check, outcome);
	w->progress.images++;
	w->progress.failed = results_failed(w->results);
	say_progress(&w->progress);
}

static bool walk_with_checks(struct walk *w)
{
	bool complete = false;

	if (jobs_init(&w->jobs, w->options, w->replay, w->options->jobs) == 0) {
		w->jobs.done = done;
		w->jobs.arg = w;
		w->tries = tries_new(w->options, &w->jobs, w->results);
		say_progress_begin(&w->progress);
		complete = w->tries != NULL && walk_all(w);
		jobs_wait(&w->jobs);
		say_progress_end();
		complete = complete && !w->jobs.failed && signals_came() == 0;
		w->walked->images = w->tries != NULL ? tries_images(w->tries) : 0;
	}
	jobs_finish(&w->jobs);
	tries_free(w->tries);
	set_free(&w->points);
	return complete;
}

/* On to the end, without stopping. */
static void go_on(struct replay *r)
{
	const struct pf_record *record;

	while ((record = replay_next(r)) != NULL)
		replay_apply(r, record);
}

int walk(const struct options *options, struct replay *r, struct results *results,
	struct walked *walked)
{
	struct walk w = {
		.options = options,
		.replay = r,
		.results = results,
		.walked = walked,
	};

	walked->interrupted = signals_came() != 0;
	if (options->check != NULL && !walked->interrupted && !walk_with_checks(&w)) {
		if (signals_came() == 0)
			return r->failed ? say_failed("%s: %s", r->trace->path, r->error)
			                 : CRASHTEST_FAILED;
		walked->interrupted = true;
	}
	if (walked->interrupted)
		walked->left = r->trace->records - r->event;
	go_on(r);
	return r->failed ? say_failed("%s: %s", r->trace->path, r->error) : 0;
}
