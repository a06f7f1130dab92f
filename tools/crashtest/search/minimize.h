/* SPDX-License-Identifier: BSD-3-Clause */
/* minimize.h -- the least that fails: the shortest beginning of the trace, and the fewest losses. */
#ifndef CRASHTEST_MINIMIZE_H
#define CRASHTEST_MINIMIZE_H

struct options;
struct results;
struct trace;

/*
 * Looks, for each group, for the first point at which an image fails as the group's does, and gives back what need not
 * be lost there. Until the time of a budget is over. 0 or an exit status.
 */
int minimize(const struct options *options, const struct trace *trace, struct results *results);

#endif
