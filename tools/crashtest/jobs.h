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

#include "crashtest.h"
#include "units.h"

enum outcome_kind { CHECK_PASSED, CHECK_FAILED, CHECK_DIED, CHECK_HUNG };

struct outcome {
	enum outcome_kind kind;
	int code;         /* exit status, or signal */
	char output[256]; /* the last line that the checker printed */
};

/* What is being checked, for whoever gets the outcome. */
struct check {
	uint64_t event;
	uint32_t stack;
	enum pf_record_kind kind;
	char name[MOST_NAME];
};

struct jobs {
	const struct options *options;
	const struct replay *replay;
	void (*done)(void *arg, const struct check *check, const struct outcome *outcome);
	void *arg;
	char directory[PATH_MAX];
	struct worker *workers;
	unsigned count;
	uint64_t checked;
	bool failed; /* with a sentence on stderr */
};

/* 0 or an exit status. */
int jobs_init(struct jobs *jobs, const struct options *options, const struct replay *replay);
void jobs_finish(struct jobs *jobs);

/* Has an image checked, when a worker is free; false: it cannot be. */
bool jobs_submit(struct jobs *jobs, const struct overlay *overlay, const struct check *check);

/* Waits for all checks. */
void jobs_wait(struct jobs *jobs);

/* Checks an image now, past `done`. */
bool jobs_check(struct jobs *jobs, const struct overlay *overlay, struct outcome *outcome);

#endif
