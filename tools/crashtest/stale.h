/* SPDX-License-Identifier: BSD-3-Clause */
/* stale.h -- whether what was in a file before the program began is in the way of its recovery. */
#ifndef CRASHTEST_STALE_H
#define CRASHTEST_STALE_H

#include <stdbool.h>
#include <stddef.h>

struct experiment;
struct pf_medium;

/* Old bytes of a file. */
struct stale {
	const struct pf_medium *medium;
	size_t begin, end; /* offsets */
};

/* Nothing is lost, and it fails: whether it passes with zeros in place of some old bytes, and which. */
bool stale_find(struct experiment *e, struct stale *found);

#endif
