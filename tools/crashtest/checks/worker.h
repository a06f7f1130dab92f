/* SPDX-License-Identifier: BSD-3-Clause */
/* worker.h -- a set of images, and the checker that runs on it. */
#ifndef CRASHTEST_WORKER_H
#define CRASHTEST_WORKER_H

#include <stdbool.h>

struct check;
struct options;
struct outcome;
struct overlay;
struct replay;
struct trace;

/* Its images are made in that directory, which must not be there. NULL: errno. */
struct worker *worker_new(const char *directory, const struct options *options,
	const struct trace *trace);
void worker_free(struct worker *w);

/* Begins with the trace again, while no checker runs: images_rewind(). 0 or -errno. */
int worker_rewind(struct worker *w, const struct replay *r);

/* Starts the first command on what would be left, and that overlay. 0 or -errno. */
int worker_start(struct worker *w, const struct replay *r, const struct overlay *overlay);

/*
 * The command ended: starts the next one, if it ended well and there is one. The trace of a recovery is kept, unless
 * check is NULL. 1: another runs; 0: all is over; or -errno.
 */
int worker_go_on(struct worker *w, const struct check *check);

/* The command that runs, or was to run, as the options have it. */
const char *worker_command(const struct worker *w);

/* To wait for: the end of the checker. -1: none runs. */
int worker_descriptor(const struct worker *w);

/* To wait for: something that the checker printed. */
int worker_output(const struct worker *w);

/* Reads what the checker printed; false: that is more than it may print. */
bool worker_hear(struct worker *w);

/*
 * The checker ended, or is to end now: stopped is CHECK_HUNG or CHECK_LOUD then, else CHECK_PASSED. Tells
 * how it ended and makes the images good again. 0 or -errno.
 */
int worker_finish(struct worker *w, const struct replay *r, int stopped, struct outcome *outcome);

#endif
