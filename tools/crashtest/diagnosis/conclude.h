/* SPDX-License-Identifier: BSD-3-Clause */
/* conclude.h -- what is the fault? */
#ifndef CRASHTEST_CONCLUDE_H
#define CRASHTEST_CONCLUDE_H

#include <stdbool.h>

struct group;
struct jobs;
struct options;
struct pieces;
struct replay;

/*
 * Finds out by experiments what is wrong with the image of a group, which had those pieces, and writes it into
 * the group. The replay is before the drain after the failure, or at the end. false: no experiment can be made.
 */
bool conclude(struct group *group, const struct pieces *pieces, struct replay *r,
	struct jobs *jobs);

#endif
