/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * failing.h -- calls that fail, each for a reason of its own.
 */
#ifndef TESTS_FAILING_H
#define TESTS_FAILING_H 1

#include <stddef.h>

struct failing_call {
	const char *name;
	int (*call)(void);
};

extern const struct failing_call failing[];
extern const size_t failing_count;

void prepare_failing(void); /* to be called once, before any of them */

#endif
