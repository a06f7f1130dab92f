/* SPDX-License-Identifier: BSD-3-Clause */
/* propose.h -- flushes and drains that may mend a fault. */
#ifndef CRASHTEST_PROPOSE_H
#define CRASHTEST_PROPOSE_H

#include "search/results.h"

struct cause;
struct experiment;

/* Adds what may mend the fault to the group, the smallest first: it is still to be proven. */
void propose(const struct experiment *e, const struct cause *cause, enum fault fault,
	struct group *group);

#endif
