/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * jobs.h -- runs checkers on images, several at a time.
 *
 * Each worker has one image of each file. From one check to the next it is patched: what became
 * durable, what the last image had beside that, what the next one has. Only an image that a
 * checker opened for writing is compared as a whole.
 */
#ifndef CRASHTEST_JOBS_H
#define CRASHTEST_JOBS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct check;
struct options;
struct outcome;
struct overlay;
struct replay;

struct jobs {
	const struct options *options;
	const struct replay *replay;
	void (*done)(void *arg, const struct check *check, const struct outcome *outcome);
	void *arg;
	char directory[PATH_MAX];
	struct job *job;
	unsigned count;
	uint64_t submitted, checked;
	bool failed; /* with a sentence on stderr */
};

/* count: how many at a time. 0 or an exit status; jobs_finish is right in both cases. */
int jobs_init(struct jobs *jobs, const struct options *options, const struct replay *replay,
	unsigned count);
void jobs_finish(struct jobs *jobs);

/* Has an image checked, when a worker is free; false: it cannot be. */
bool jobs_submit(struct jobs *jobs, const struct overlay *overlay, const struct check *check);

/* Waits for all checks. */
void jobs_wait(struct jobs *jobs);

/* Waits for all checks, and makes the images as at the beginning of the trace; false: it cannot be done. */
bool jobs_rewind(struct jobs *jobs);

/* Checks an image now, past `done`. */
bool jobs_check(struct jobs *jobs, const struct overlay *overlay, struct outcome *outcome);

#endif
