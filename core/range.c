/* SPDX-License-Identifier: BSD-3-Clause */
/* range.c -- who owns which addresses: lookups, which take no lock unless a change comes between. */
#include "range_index.h"

PMEM2_INLINE struct place step(const struct pmem2_range_index *index, struct place at)
{
	if (++at.slot >= load(&bucket_at(index, at.bucket)->count))
		at = (struct place){at.bucket + 1, 0};

	return at;
}

static unsigned begin_reading(struct pmem2_range_set *set)
{
	return atomic_load_explicit(&set->version, memory_order_acquire);
}

/* Whether what has been read since begin_reading is of one state. If not: again, with the lock. */
static bool is_sound(struct pmem2_range_set *set, unsigned version)
{
	return version % 2 == 0 &&
	       atomic_load_explicit(&set->version, memory_order_relaxed) == version;
}

bool pmem2_range_meets(struct pmem2_range_set *set, uintptr_t begin, uintptr_t end)
{
	struct pmem2_range range;

	pthread_mutex_lock(&set->lock);
	const struct pmem2_range_index *index = index_of(set);
	bool meets = get(index, first_after(index, begin), &range) && range.begin < end;
	pthread_mutex_unlock(&set->lock);

	return meets;
}

/* The owner of the first range that ends after `after`, begins in [from, before) and is published. */
PMEM2_INLINE void *first_owner(struct pmem2_range_set *set, uintptr_t after, uintptr_t from,
	uintptr_t before)
{
	const struct pmem2_range_index *index = index_of(set);
	struct place at = first_after(index, after);
	struct pmem2_range range;

	for (; get(index, at, &range) && range.begin < before; at = step(index, at))
		if (range.owner != NULL && range.begin >= from)
			return range.owner;

	return NULL;
}

static __attribute__((noinline)) void *first_owner_locked(struct pmem2_range_set *set,
	uintptr_t after, uintptr_t from, uintptr_t before)
{
	pthread_mutex_lock(&set->lock);
	void *owner = first_owner(set, after, from, before);
	pthread_mutex_unlock(&set->lock);

	return owner;
}

static void *look(struct pmem2_range_set *set, uintptr_t after, uintptr_t from, uintptr_t before)
{
	unsigned version = begin_reading(set);
	void *owner = first_owner(set, after, from, before);

	return is_sound(set, version) ? owner : first_owner_locked(set, after, from, before);
}

void *pmem2_range_find(struct pmem2_range_set *set, uintptr_t begin, uintptr_t end)
{
	return look(set, begin, 0, end);
}

void *pmem2_range_next(struct pmem2_range_set *set, uintptr_t address)
{
	return look(set, address, address + 1, UINTPTR_MAX);
}

static void *last_owner_before(struct pmem2_range_set *set, uintptr_t address)
{
	const struct pmem2_range_index *index = index_of(set);
	/* the candidate ends after address - 1, or is the one before that place */
	struct place at = first_after(index, address == 0 ? 0 : address - 1);
	struct pmem2_range range;

	if (get(index, at, &range) && range.begin < address && range.owner != NULL)
		return range.owner;

	for (;;) {
		while (at.slot > 0) {
			uintptr_t owner = load(&bucket_at(index, at.bucket)->owner[--at.slot]);

			if (owner != 0)
				return (void *)owner;
		}
		if (at.bucket == 0)
			return NULL;
		at.bucket--;
		at.slot = load(&bucket_at(index, at.bucket)->count);
	}
}

void *pmem2_range_prev(struct pmem2_range_set *set, uintptr_t address)
{
	unsigned version = begin_reading(set);
	void *owner = last_owner_before(set, address);

	if (is_sound(set, version))
		return owner;

	pthread_mutex_lock(&set->lock);
	owner = last_owner_before(set, address);
	pthread_mutex_unlock(&set->lock);
	return owner;
}
