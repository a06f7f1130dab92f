/* SPDX-License-Identifier: BSD-3-Clause */
/* stale.h -- whether what was in a file before the program began is in the way of its recovery. */
#ifndef CRASHTEST_STALE_H
#define CRASHTEST_STALE_H

#include <stdbool.h>

struct experiment;
struct group;

/*
 * Nothing is lost, and it fails: whether it passes with zeros in place of some old bytes. Which is written into the
 * group then.
 */
bool stale_name(struct experiment *e, struct group *group);

#endif
