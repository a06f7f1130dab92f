/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.c -- goes through a trace, and has the images of points of failure checked. */
#include "walk.h"

#include <stdlib.h>

#include "checks/jobs.h"
#include "common/clock.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "points.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "results.h"
#include "tries.h"

enum {
	AT_ONCE = 512, /* points that are tried in one pass, in the order of the trace: */
	PARTS = 8,     /* more than that are spread over so many passes */

	/* A long trace is read in few passes: so many records for each point of a pass */
	LEAST_READ = 4096,
	MOST_READ = 16384,
	PAUSE = 1 << 16, /* points, between two looks at the time */
};

struct walk {
	const struct options *options;
	const struct trace *trace;
	struct replay replay;
	struct results *results;
	struct walked *walked;
	struct jobs jobs;
	struct tries *tries;
	struct points points;
	unsigned char *seen; /* a bit for each point that was tried */
	struct progress progress;
	double end; /* when the time is over; 0: never */
};

/* ---- one pass ---- */

static bool is_over(struct walk *w)
{
	if (w->end > 0 && clock_seconds() >= w->end)
		w->walked->over = true;
	return w->walked->over;
}

/* What there is to try at a point, as far as it is known of points of its kind. */
static void count_point(struct walk *w, uint64_t number, double planned, bool tried)
{
	struct kind *k = &w->points.kinds[w->points.kind[number]];

	if (!tried || (w->seen[number / 8] >> number % 8 & 1) != 0)
		return;
	w->seen[number / 8] |= (unsigned char)(1u << number % 8);
	k->planned += planned;
	k->tried++;
	w->walked->points++;
	w->progress.points++;
}

static bool visit(struct walk *w, struct point *p, const struct wanted *wanted)
{
	double planned, before;

	p->tiers = wanted->tiers;
	p->occurrence = wanted->occurrence;
	before = tries_tried(w->tries);
	if (is_over(w) || !tries_at(w->tries, &w->replay, p, &planned))
		return false;
	count_point(w, wanted->number, planned, tries_tried(w->tries) > before);
	return !w->walked->over;
}

/* A part of the points of a stage is tried in one pass. */
static bool is_of_part(const struct wanted *wanted, unsigned part, unsigned parts)
{
	return (wanted->number * UINT64_C(0x9e3779b97f4a7c15) >> 32) % parts == part;
}

/* From the end of the pass before, if there was one, to the beginning of the trace. */
static bool begin_pass(struct walk *w)
{
	bool going = w->replay.trace == NULL || jobs_rewind(&w->jobs);

	if (w->replay.trace != NULL)
		replay_close(&w->replay);
	going = replay_open(&w->replay, w->trace) == 0 && going;
	w->replay.coherent = w->options->coherent;
	return going;
}

/* *number is how many points have passed. false: there is no such point, or it is over. */
static bool go_to(struct walk *w, struct points_walk *way, uint64_t wanted, uint64_t *number,
	struct point *point)
{
	while (*number <= wanted) {
		if (!points_next(way, point))
			return false;
		if (++*number % PAUSE == 0 && (is_over(w) || signals_came() != 0))
			return false;
	}
	return true;
}

static bool pass(struct walk *w, unsigned part, unsigned parts)
{
	struct points_walk way = {.replay = &w->replay};
	struct point point;
	uint64_t number = 0;
	bool going = begin_pass(w);

	for (size_t i = 0; going && i < w->points.wanted_count; i++) {
		const struct wanted *wanted = &w->points.wanted[i];

		if (!is_of_part(wanted, part, parts))
			continue;
		going = go_to(w, &way, wanted->number, &number, &point) && visit(w, &point, wanted);
	}
	jobs_wait(&w->jobs);
	results_settle(w->results);
	return going && !w->jobs.failed && signals_came() == 0;
}

static uint64_t at_once(const struct trace *trace)
{
	uint64_t points = trace->records / LEAST_READ;

	return points > AT_ONCE ? points : AT_ONCE;
}

/* Of a long trace, the first pass has the first and the last point of each kind. */
static bool walk_all(struct walk *w)
{
	uint64_t most = w->trace->records / MOST_READ;
	uint64_t least = most > 0 ? w->points.kind_count + 1 : 0;
	bool last = false, going = true;

	for (unsigned stage = 0; going && !last; least = most) {
		going = points_stage(&w->points, &stage, least, &last);
		uint64_t parts = w->points.wanted_count / at_once(w->trace) + 1;

		if (parts > PARTS)
			parts = PARTS;
		for (unsigned part = 0; going && part < parts && w->points.wanted_count > 0; part++)
			going = pass(w, part, (unsigned)parts);
	}
	return going || w->walked->over;
}

/* ---- images ---- */

static void done(void *arg, const struct check *check, const struct outcome *outcome)
{
	struct walk *w = arg;

	if (outcome->kind != CHECK_PASSED)
		results_add(w->results, check, outcome);
	w->progress.images++;
	w->progress.failed = results_failed(w->results);
	w->progress.part = (double)w->progress.points / (double)w->points.count;
	if (w->end > 0 && w->options->budget - (w->end - clock_seconds()) >
				  w->progress.part * w->options->budget)
		w->progress.part = 1 - (w->end - clock_seconds()) / w->options->budget;
	say_progress(&w->progress);
	if (is_over(w))
		tries_stop(w->tries);
}

static void count_all(struct walk *w)
{
	double planned = 0, tried = 0;

	for (size_t i = 0; i < w->points.kind_count; i++) {
		planned += w->points.kinds[i].planned;
		tried += (double)w->points.kinds[i].tried;
	}
	w->walked->all_points = w->points.count;
	for (size_t i = 0; i < w->points.kind_count; i++) {
		const struct kind *k = &w->points.kinds[i];
		double each = k->tried > 0 ? k->planned / (double)k->tried
		              : tried > 0  ? planned / tried
		                           : 1;

		w->walked->all_images += each * (double)k->count;
	}

	w->walked->tried = tries_tried(w->tries);
	w->walked->images = tries_images(w->tries);
}

static bool walk_with_checks(struct walk *w, const struct replay *end)
{
	bool complete = false;

	if (jobs_init(&w->jobs, w->options, end, w->options->jobs) == 0) {
		w->jobs.replay = &w->replay;
		w->jobs.done = done;
		w->jobs.arg = w;
		w->tries = tries_new(w->options, &w->jobs, w->results);
		say_progress_begin(&w->progress);
		complete = w->tries != NULL && walk_all(w);
		say_progress_end();
		complete = complete && !w->jobs.failed && signals_came() == 0;
		results_sort(w->results);
		if (w->tries != NULL)
			count_all(w);
	}
	jobs_finish(&w->jobs);
	if (w->replay.trace != NULL)
		replay_close(&w->replay);
	tries_free(w->tries);
	return complete;
}

bool walked_all(const struct walked *walked)
{
	return walked->points == walked->all_points && walked->tried >= walked->all_images;
}

/* Other replays go through the trace from here on: what this one has of the files would be there twice. */
static void end_replay(const struct options *options, struct replay *r, bool by_files)
{
	replay_finish(r, by_files);
	if (options->svg == NULL)
		replay_forget(r);
}

int walk(const struct options *options, struct replay *r, bool by_files, struct results *results,
	struct walked *walked)
{
	struct walk w = {
		.options = options,
		.trace = r->trace,
		.results = results,
		.walked = walked,
	};
	int ret = 0;

	if (!points_find(&w.points, r, options))
		ret = r->failed ? say_failed("%s: %s", r->trace->path, r->error)
		                : say_failed("no memory");
	else
		end_replay(options, r, by_files);
	if (options->budget >
		0) /* for the checks: what a long trace takes to be read is not theirs */
		w.end = clock_seconds() + options->budget;
	w.seen = calloc(1, w.points.count / 8 + 1);
	walked->interrupted = signals_came() != 0;
	if (ret == 0 && w.seen != NULL && options->check != NULL && !walked->interrupted &&
		!walk_with_checks(&w, r)) {
		walked->interrupted = signals_came() != 0;
		ret = walked->interrupted ? 0 : CRASHTEST_FAILED;
	}
	free(w.seen);
	points_free(&w.points);
	return ret;
}
