/* SPDX-License-Identifier: BSD-3-Clause */
/* Times two ways to do the same, in turns. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H 1

#include <stddef.h>

/* One of the two that are compared. */
struct side {
	void (*run)(const struct side *side); /* does what is timed */
	const struct library *library;
	const struct ops *ops; /* the library's functions for the row's granularity */
	void *job;             /* the row's own */
};

struct work {
	void (*prepare)(void *job, unsigned round); /* before every sample, untimed; or NULL */
	struct side sides[2];                       /* ours, the peer */
	size_t count;                               /* operations that one run does */
};

/* Medians over the rounds of one row. */
struct timing {
	double ns[2];     /* an operation */
	double ratio;     /* time of side 0 / time of side 1, of one round */
	double low, high; /* its quartiles */
};

void harness_init(void); /* measures the clock's own cost */

/* Rounds A B, B A, A B, ...; ratios are taken within a round, so that what slows both is no
 * difference. */
struct timing harness_compare(const struct work *work);

#endif
