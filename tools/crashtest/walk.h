/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.h -- goes through a trace, stops at each point of failure, and has its images checked. */
#ifndef CRASHTEST_WALK_H
#define CRASHTEST_WALK_H

#include "jobs.h"
#include "results.h"

struct walked {
	uint64_t points, images;
	bool complete; /* false: interrupted, or it failed */
};

/* events: how many records the trace has, for the progress that is shown. 0 or an exit status. */
int walk(const struct options *options, const char *trace, uint64_t events, struct results *results,
	struct walked *walked);

/*
 * Goes to the moment of an event: behind it, or before it if it is a drain. 0 or -1, with a sentence in the
 * replay's error.
 */
int walk_to(struct replay *r, uint64_t event);

/* Goes on to before the next drain, or to the end. */
void walk_to_drain(struct replay *r);

#endif
