/* SPDX-License-Identifier: BSD-3-Clause */
/* walk.h -- goes through a trace, stops at points of failure, and has their images checked. */
#ifndef CRASHTEST_WALK_H
#define CRASHTEST_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct options;
struct replay;
struct results;

struct walked {
	uint64_t points, all_points; /* that were tried, and that there are */
	uint64_t images;             /* that were checked; equal ones are checked once */
	double tried,
		all_images; /* equal ones counted; the second is estimated if points were left out */
	bool interrupted;   /* by a signal */
	bool over;          /* the time that there is for all checks was */
};

/* Whether all was tried that --all stands for. */
bool walked_all(const struct walked *walked);

/*
 * Goes from the beginning to the end of the trace, where r is left, finished: replay_finish(r, by_files). Without
 * --svg, r forgets what is durable. Without a checker, that is all. Then a replay of its own goes through the trace as
 * often as it takes. After a signal, or when the time is over, no more images are checked. 0 or an exit status: then
 * something could not be done.
 */
int walk(const struct options *options, struct replay *r, bool by_files, struct results *results,
	struct walked *walked);

#endif
