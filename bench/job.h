/* SPDX-License-Identifier: BSD-3-Clause */
/* A row of stores: where they go, what is in which cache before, and the loops that are timed. */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H 1

#include "bench.h"

struct job {
	/* the row's choice */
	enum pmem2_granularity granularity;
	size_t size;
	unsigned flags;
	int byte;        /* memset's */
	size_t dst_skew; /* of the destination in its first line */
	size_t src_skew;
	size_t distance; /* overlapping moves: between source and destination, else 0 */
	bool forward;    /* the destination is the lower one */
	size_t window;   /* bytes of destination that one sample walks; 0: HOT_WINDOW */
	const struct memory *memory;
	size_t origin; /* the part of the memory to use: where it begins, */
	size_t area;   /* and its length; 0: COLD_WINDOW */

	/* job_plan and prepare fill these */
	size_t stride; /* from one operation's destination to the next one's */
	size_t count;  /* operations of one sample */
	char *dst;
	const char *src;
};

/* Computes stride and count: consecutive operations, none sharing a line with its neighbour. */
void job_plan(struct job *job);

/* What work.prepare may be; they take the job. */
void job_cold(void *job, unsigned round);        /* flushed, another place every round */
void job_hot(void *job, unsigned round);         /* in the second-level cache */
void job_first_level(void *job, unsigned round); /* what was loaded last is in the first */
void job_dirty(void *job, unsigned round);       /* as hot, and the destination is modified */

/* What side.run may be. */
void job_memmove(const struct side *side);
void job_memset(const struct side *side);
void job_memmove_by_hand(const struct side *side); /* NOFLUSH, then persist */
void job_memset_by_hand(const struct side *side);
void job_persist(const struct side *side);
void job_flush(const struct side *side);
void job_drain(const struct side *side);

/*
 * Puts the two sides of a copying row into work: ours calls plain; so does the peer, but for
 * CONTRACT_DURABLE, where it does the same by_hand.
 */
void job_sides(struct bench *bench, struct work *work, enum contract contract, struct job *job,
	void (*plain)(const struct side *side), void (*by_hand)(const struct side *side));

#endif
