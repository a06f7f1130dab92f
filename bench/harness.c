/* SPDX-License-Identifier: BSD-3-Clause */
/* Interleaved rounds and their medians. */
#include "harness.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum {
	ROUNDS_FEW = 3,
	ROUNDS_MIN = 15,
	ROUNDS_MAX = 61,
	TRIES = 4,
	LONG_NS = 3000000, /* a sample that others run into anyway, if there are others */
};

/*
 * How long a row may take: after ROUNDS_MIN rounds it ends at the first limit, after ROUNDS_FEW at the
 * second, which only what waits for a disk comes near.
 */
static const double row_ns = 15e6, slow_row_ns = 500e6;

static double clock_ns;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *values, size_t n, double part)
{
	double at = part * (double)(n - 1);
	size_t i = (size_t)at;

	qsort(values, n, sizeof(*values), ascending);
	return i + 1 < n ? values[i] + (at - (double)i) * (values[i + 1] - values[i]) : values[i];
}

void harness_init(void)
{
	double cost[101];

	for (int i = 0; i < 101; i++) {
		cost[i] = -now();
		cost[i] += now();
	}
	clock_ns = quantile(cost, 101, 0.5);
}

/* How often others have been given our CPU. */
static long times_interrupted(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nivcsw;
}

/* One that something else ran into is thrown away, a few times. */
static double sample(const struct work *work, int side, unsigned round)
{
	for (int tries = 0;; tries++) {
		long before = times_interrupted();

		if (work->prepare != NULL)
			work->prepare(work->sides[side].job, round);

		double start = now();
		work->sides[side].run(&work->sides[side]);
		atomic_thread_fence(
			memory_order_seq_cst); /* sfence lets the clock be read before */
		double took = now() - start - clock_ns;

		if (times_interrupted() == before || tries == TRIES || took > LONG_NS)
			return took;
	}
}

static bool goes_on(unsigned rounds, double took)
{
	if (rounds < ROUNDS_FEW)
		return true;
	if (rounds < ROUNDS_MIN)
		return took < slow_row_ns;
	return rounds < ROUNDS_MAX && took < row_ns;
}

struct timing harness_compare(const struct work *work)
{
	double ns[2][ROUNDS_MAX], ratio[ROUNDS_MAX];
	double began = now();
	unsigned n = 0;

	sample(work, 0, 0);
	sample(work, 1, 0);
	while (goes_on(n, now() - began)) {
		int first = (int)(n % 2);

		ns[first][n] = sample(work, first, n);
		ns[!first][n] = sample(work, !first, n);
		ratio[n] = ns[0][n] / ns[1][n];
		n++;
	}
	return (struct timing){
		.ns = {quantile(ns[0], n, 0.5) / (double)work->count,
			quantile(ns[1], n, 0.5) / (double)work->count},
		.ratio = quantile(ratio, n, 0.5),
		.low = quantile(ratio, n, 0.25),
		.high = quantile(ratio, n, 0.75),
	};
}
