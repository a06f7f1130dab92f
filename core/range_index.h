/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * range_index.h -- how ranges are stored: what range.c reads and range_change.c changes.
 *
 * Readers run beside a writer, so what they read can be of two states at once; the version
 * tells them, afterwards. Until then it must not lead them out of memory: counts never exceed
 * what there is room for, pointers are those of buckets that exist, and loops end by bounds and
 * not by equality.
 */
#ifndef PMEM2_RANGE_INDEX_H
#define PMEM2_RANGE_INDEX_H

#include "range.h"

enum {
	BUCKET_SIZE = 126, /* with the counts, three arrays in just under 3 KiB */
};

typedef _Atomic(uintptr_t) word;

struct pmem2_range_bucket {
	struct pmem2_range_bucket *next_spare;
	word count;
	word begin[BUCKET_SIZE];
	word end[BUCKET_SIZE];
	word owner[BUCKET_SIZE];
};

struct pmem2_range_index {
	struct pmem2_range_index *older; /* smaller ones, that readers may have in hand */
	size_t capacity;
	word count; /* of buckets, none of them empty */
	word *last; /* each bucket's last end: after the buckets in the same memory */
	_Atomic(struct pmem2_range_bucket *) buckets[];
};

/* A place in an index; bucket == count: after all ranges. */
struct place {
	size_t bucket;
	size_t slot;
};

/*
 * Acquire and release: a lookup that reads what a change has stored then reads also the version that
 * the change began with. (A fence would do as well, but ThreadSanitizer knows none.)
 */
static inline uintptr_t load(const word *from)
{
	return atomic_load_explicit(from, memory_order_acquire);
}

static inline void store(word *to, uintptr_t value)
{
	atomic_store_explicit(to, value, memory_order_release);
}

static inline struct pmem2_range_index *index_of(struct pmem2_range_set *set)
{
	static struct pmem2_range_index none;
	struct pmem2_range_index *index = atomic_load_explicit(&set->index, memory_order_acquire);

	return index != NULL ? index : &none;
}

/* who sees the count sees the buckets */
static inline size_t bucket_count(const struct pmem2_range_index *index)
{
	return load(&index->count);
}

static inline struct pmem2_range_bucket *bucket_at(const struct pmem2_range_index *index, size_t i)
{
	return atomic_load_explicit(&index->buckets[i], memory_order_acquire);
}

/*
 * Inlined into the lookups, whatever the compiler thinks: with calls between, and places and
 * ranges in memory, a lookup among 1000 takes twice as long.
 */
#define PMEM2_INLINE static inline __attribute__((always_inline))

/* How many of the ascending values are not greater than x; no branch depends on the data. */
PMEM2_INLINE size_t count_up_to(const word *values, size_t count, uintptr_t x)
{
	const word *base = values;

	if (count == 0)
		return 0;

	while (count > 1) {
		size_t half = count / 2;
		const word *upper = &base[half];

		/* told that it cannot be predicted, gcc moves conditionally: 54 ns a lookup among
		   1000 if it jumps */
		base = __builtin_expect_with_probability(load(upper - 1) <= x, 1, 0.5) ? upper
		                                                                       : base;
		count -= half;
	}

	return (size_t)(base - values) + (load(base) <= x);
}

/* The first range that ends after address. */
PMEM2_INLINE struct place first_after(const struct pmem2_range_index *index, uintptr_t address)
{
	size_t count = bucket_count(index);
	struct place at = {count_up_to(index->last, count, address), 0};

	if (at.bucket < count) {
		const struct pmem2_range_bucket *bucket = bucket_at(index, at.bucket);

		at.slot = count_up_to(bucket->end, load(&bucket->count), address);
	}

	return at;
}

PMEM2_INLINE bool get(const struct pmem2_range_index *index, struct place at,
	struct pmem2_range *range)
{
	if (at.bucket >= bucket_count(index) || at.slot >= BUCKET_SIZE)
		return false;

	const struct pmem2_range_bucket *bucket = bucket_at(index, at.bucket);
	*range = (struct pmem2_range){load(&bucket->begin[at.slot]), load(&bucket->end[at.slot]),
		(void *)load(&bucket->owner[at.slot])};
	return true;
}

#endif
