/* SPDX-License-Identifier: BSD-3-Clause */
/* clock.h -- what time it is. */
#ifndef CRASHTEST_CLOCK_H
#define CRASHTEST_CLOCK_H

#include <time.h>

/* Seconds since some moment that stays the same. */
static inline double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
