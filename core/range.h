/* SPDX-License-Identifier: BSD-3-Clause */
/* range.h -- who owns which addresses: disjoint ranges in order. */
#ifndef PMEM2_RANGE_H
#define PMEM2_RANGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pmem2_range {
	uintptr_t begin;
	uintptr_t end; /* after the last byte; never equal to begin */
	void *owner;   /* NULL: claimed, and not found by anybody yet */
};

/*
 * Sorted buckets of ranges under a sorted index of buckets: a lookup is two binary searches in
 * contiguous memory, an insertion moves half a bucket. Safe in several threads. Lookups take no lock:
 * they look whether the set has changed meanwhile, and if so look again with the lock. What they may
 * have in hand is freed with the set only.
 */
struct pmem2_range_set {
	pthread_mutex_t lock;                      /* of those who change it */
	atomic_uint version;                       /* odd while somebody does */
	_Atomic(struct pmem2_range_index *) index; /* NULL: there was no range yet */
	struct pmem2_range_bucket *spare;          /* emptied ones */
};

#define PMEM2_RANGE_SET_INIT \
	{ \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

void pmem2_range_set_finish(struct pmem2_range_set *set);

/* 0; -EEXIST: it meets another range; -ENOMEM. Sets no error sentence. */
int pmem2_range_insert(struct pmem2_range_set *set, struct pmem2_range range);

/* Gives the range that begins there its owner. */
void pmem2_range_publish(struct pmem2_range_set *set, uintptr_t begin, void *owner);

/* -ENOENT: no range of that owner begins there. */
int pmem2_range_remove(struct pmem2_range_set *set, uintptr_t begin, void *owner);

/* Whether any range, claimed ones too, meets [begin, end). Takes the lock. */
bool pmem2_range_meets(struct pmem2_range_set *set, uintptr_t begin, uintptr_t end);

/* Owners, or NULL: of the first range that meets [begin, end); of the first that begins after
 * address; of the last that begins before address. */
void *pmem2_range_find(struct pmem2_range_set *set, uintptr_t begin, uintptr_t end);
void *pmem2_range_next(struct pmem2_range_set *set, uintptr_t address);
void *pmem2_range_prev(struct pmem2_range_set *set, uintptr_t address);

#endif
