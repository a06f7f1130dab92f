/* SPDX-License-Identifier: BSD-3-Clause */
/* What was measured, row by row. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H 1

#include <stdbool.h>
#include <stddef.h>
#include "harness.h"

/* What a row is about; all strings are constants, "" where a word does not apply. */
struct row {
	const char *group; /* "copy" */
	const char *op;    /* "NODRAIN" */
	const char *place; /* where it begins in its cache line: "aligned", "+8", "odd" */
	const char *state; /* "hot", "cold", "clean", "dirty" */
	size_t size;       /* bytes; or the number of maps that there are */
};

enum {
	RUNS_MAX = 32,
};

struct result {
	struct row row;
	struct timing runs[RUNS_MAX]; /* of one process each, or all of this one */
	unsigned n_runs;
};

struct results {
	struct result *list;
	size_t n, room;
	size_t next; /* where the present run is: rows come in the same order in each */
};

void results_add(struct results *results, const struct row *row, const struct timing *timing);

/* The median over the runs of each figure. */
struct timing result_median(const struct result *result);

/* How the ratios of the runs differ. */
struct spread {
	double least, most;
	bool bimodal; /* of four runs and more, two and more on either side of a gap */
};

struct spread result_spread(const struct result *result);

#endif
