/* SPDX-License-Identifier: BSD-3-Clause */
/* explain.h -- sentences about a fault. */
#ifndef CRASHTEST_EXPLAIN_H
#define CRASHTEST_EXPLAIN_H

#include "search/results.h"

struct cause;
struct experiment;

/* Writes into the group that this is the fault, and what is known of its cause. */
void explain(const struct experiment *e, const struct cause *cause, enum fault fault,
	struct group *group);

#endif
