/* SPDX-License-Identifier: BSD-3-Clause */
/* How fast a row should be. */
#ifndef BENCH_TARGETS_H
#define BENCH_TARGETS_H 1

#include <stdbool.h>
#include <stdint.h>
#include "results.h"

struct target {
	const char *group, *op, *place, *state; /* NULL: any */
	size_t from, to;                        /* row.size, both included */
	double ratio;                           /* at most */
	bool hardware; /* the hardware's time is nearly all of it: the goal is not to be slower */
};

/* the first entry that fits; NULL if none does */
const struct target *target_of(const struct row *row);

/* Whether the ratio holds the target; measured ratios scatter, 0.02 over it counts as reached. */
bool target_holds(const struct target *target, double ratio);

#endif
