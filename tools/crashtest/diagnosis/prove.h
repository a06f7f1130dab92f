/* SPDX-License-Identifier: BSD-3-Clause */
/* prove.h -- whether a failure is gone with a flush or a drain more in the trace. */
#ifndef CRASHTEST_PROVE_H
#define CRASHTEST_PROVE_H

#include <stdbool.h>

struct jobs;
struct options;
struct results;
struct trace;

/*
 * Tries what was proposed for each group, in the order of the proposals, and notes the first that helps: from there
 * up to the drain after the failure no image fails so any more. false: no image can be checked.
 */
bool prove(const struct options *options, const struct trace *trace, struct jobs *jobs,
	struct results *results);

#endif
