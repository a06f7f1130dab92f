/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.h -- goes through a trace, stops at each point of failure, and has its images checked. */
#ifndef CRASHTEST_WALK_H
#define CRASHTEST_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct options;
struct replay;
struct results;

struct walked {
	uint64_t points, images;
	uint64_t left; /* records after which no point was tried, for a signal came; 0: all were */
	bool interrupted;
};

/*
 * Goes from the beginning to the end of the trace; without a checker, that is all. After a
 * signal no more images are checked. 0 or an exit status: then something could not be done.
 */
int walk(const struct options *options, struct replay *r, struct results *results,
	struct walked *walked);

#endif
