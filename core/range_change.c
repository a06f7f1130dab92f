/* SPDX-License-Identifier: BSD-3-Clause */
/* range_change.c -- who owns which addresses: insertion and removal, beside lookups that go on. */
#include <errno.h>
#include <stdlib.h>

#include "range_index.h"

/* memmove(3), which may tear words under a reader's eyes */
static void move(word *to, const word *from, size_t n)
{
	if (to < from)
		for (size_t i = 0; i < n; i++)
			store(&to[i], load(&from[i]));
	else
		for (size_t i = n; i-- > 0;)
			store(&to[i], load(&from[i]));
}

static void put_bucket(struct pmem2_range_index *index, size_t i, struct pmem2_range_bucket *bucket)
{
	atomic_store_explicit(&index->buckets[i], bucket, memory_order_release);
}

static void update_last(struct pmem2_range_index *index, size_t i)
{
	const struct pmem2_range_bucket *bucket = bucket_at(index, i);

	store(&index->last[i], load(&bucket->end[load(&bucket->count) - 1]));
}

static void begin_change(struct pmem2_range_set *set)
{
	pthread_mutex_lock(&set->lock);
	atomic_store_explicit(&set->version, set->version + 1, memory_order_relaxed);
}

static void end_change(struct pmem2_range_set *set)
{
	atomic_store_explicit(&set->version, set->version + 1, memory_order_release);
	pthread_mutex_unlock(&set->lock);
}

/* Makes room for n elements at slot from the n at slot on, in each of the arrays. */
static void shift(struct pmem2_range_bucket *to, size_t to_slot,
	const struct pmem2_range_bucket *from, size_t from_slot, size_t n)
{
	move(&to->begin[to_slot], &from->begin[from_slot], n);
	move(&to->end[to_slot], &from->end[from_slot], n);
	move(&to->owner[to_slot], &from->owner[from_slot], n);
}

/* An index with room for a bucket more; NULL: no memory. */
static struct pmem2_range_index *roomy_index(struct pmem2_range_set *set)
{
	struct pmem2_range_index *old = index_of(set);
	size_t count = bucket_count(old);

	if (count < old->capacity)
		return old;

	size_t capacity = count == 0 ? 4 : count * 2;
	struct pmem2_range_index *index = malloc(
		sizeof(*index) + capacity * (sizeof(index->buckets[0]) + sizeof(index->last[0])));
	if (index == NULL)
		return NULL;

	index->older = count != 0 ? old : NULL;
	index->capacity = capacity;
	index->last = (word *)&index->buckets[capacity];
	for (size_t i = 0; i < count; i++) {
		put_bucket(index, i, bucket_at(old, i));
		store(&index->last[i], load(&old->last[i]));
	}
	store(&index->count, count);
	atomic_store_explicit(&set->index, index, memory_order_release);
	return index;
}

/* Puts an empty bucket at i. The caller fills it before the change ends. */
static int add_bucket(struct pmem2_range_set *set, size_t i)
{
	struct pmem2_range_index *index = roomy_index(set);
	struct pmem2_range_bucket *bucket = set->spare;

	if (index == NULL)
		return -ENOMEM;
	if (bucket != NULL)
		set->spare = bucket->next_spare;
	else
		bucket = malloc(sizeof(*bucket));
	if (bucket == NULL)
		return -ENOMEM;
	store(&bucket->count, 0);

	size_t count = bucket_count(index);
	move(&index->last[i + 1], &index->last[i], count - i);
	for (size_t j = count; j > i; j--)
		put_bucket(index, j, bucket_at(index, j - 1));
	put_bucket(index, i, bucket);
	store(&index->count, count + 1);
	return 0;
}

static void remove_bucket(struct pmem2_range_set *set, size_t i)
{
	struct pmem2_range_index *index = index_of(set);
	struct pmem2_range_bucket *bucket = bucket_at(index, i);
	size_t count = bucket_count(index) - 1;

	for (size_t j = i; j < count; j++)
		put_bucket(index, j, bucket_at(index, j + 1));
	move(&index->last[i], &index->last[i + 1], count - i);
	store(&index->count, count);
	bucket->next_spare = set->spare;
	set->spare = bucket;
}

/* Moves the upper half of the full bucket i into a new one after it. */
static int split(struct pmem2_range_set *set, size_t i)
{
	size_t half = BUCKET_SIZE / 2;

	if (add_bucket(set, i + 1) != 0)
		return -ENOMEM;

	struct pmem2_range_index *index = index_of(set);
	struct pmem2_range_bucket *full = bucket_at(index, i), *fresh = bucket_at(index, i + 1);

	shift(fresh, 0, full, half, BUCKET_SIZE - half);
	store(&fresh->count, BUCKET_SIZE - half);
	store(&full->count, half);
	update_last(index, i);
	update_last(index, i + 1);
	return 0;
}

/* Makes a place for one more range before `at`, in a bucket that has room. */
static int make_room(struct pmem2_range_set *set, struct place *at)
{
	struct pmem2_range_index *index = index_of(set);
	size_t count = bucket_count(index);

	if (count == 0)
		return add_bucket(set, 0);
	if (at->bucket == count) /* after all: at the end of the last */
		*at = (struct place){count - 1, load(&bucket_at(index, count - 1)->count)};
	if (load(&bucket_at(index, at->bucket)->count) < BUCKET_SIZE)
		return 0;

	/* ascending insertions leave full buckets, others halves */
	if (at->slot == BUCKET_SIZE) {
		*at = (struct place){at->bucket + 1, 0};
		return add_bucket(set, at->bucket);
	}
	if (split(set, at->bucket) != 0)
		return -ENOMEM;
	if (at->slot > BUCKET_SIZE / 2)
		*at = (struct place){at->bucket + 1, at->slot - BUCKET_SIZE / 2};

	return 0;
}

static int insert(struct pmem2_range_set *set, struct pmem2_range range)
{
	struct place at = first_after(index_of(set), range.begin);
	struct pmem2_range next;

	if (get(index_of(set), at, &next) && next.begin < range.end)
		return -EEXIST;
	if (make_room(set, &at) != 0)
		return -ENOMEM;

	struct pmem2_range_bucket *bucket = bucket_at(index_of(set), at.bucket);
	size_t count = load(&bucket->count);

	shift(bucket, at.slot + 1, bucket, at.slot, count - at.slot);
	store(&bucket->begin[at.slot], range.begin);
	store(&bucket->end[at.slot], range.end);
	store(&bucket->owner[at.slot], (uintptr_t)range.owner);
	store(&bucket->count, count + 1);
	update_last(index_of(set), at.bucket);
	return 0;
}

int pmem2_range_insert(struct pmem2_range_set *set, struct pmem2_range range)
{
	begin_change(set);
	int ret = insert(set, range);
	end_change(set);

	return ret;
}

void pmem2_range_publish(struct pmem2_range_set *set, uintptr_t begin, void *owner)
{
	begin_change(set);
	struct place at = first_after(index_of(set), begin);
	store(&bucket_at(index_of(set), at.bucket)->owner[at.slot], (uintptr_t)owner);
	end_change(set);
}

static int take_out(struct pmem2_range_set *set, uintptr_t begin, const void *owner)
{
	struct place at = first_after(index_of(set), begin);
	struct pmem2_range range;

	if (!get(index_of(set), at, &range) || range.begin != begin || range.owner != owner)
		return -ENOENT;

	struct pmem2_range_bucket *bucket = bucket_at(index_of(set), at.bucket);
	size_t count = load(&bucket->count) - 1;

	if (count == 0) {
		remove_bucket(set, at.bucket);
		return 0;
	}

	shift(bucket, at.slot, bucket, at.slot + 1, count - at.slot);
	store(&bucket->count, count);
	update_last(index_of(set), at.bucket);
	return 0;
}

int pmem2_range_remove(struct pmem2_range_set *set, uintptr_t begin, void *owner)
{
	begin_change(set);
	int ret = take_out(set, begin, owner);
	end_change(set);

	return ret;
}

void pmem2_range_set_finish(struct pmem2_range_set *set)
{
	struct pmem2_range_index *index = set->index;
	struct pmem2_range_bucket *bucket = set->spare;

	for (size_t i = 0; index != NULL && i < bucket_count(index); i++)
		free(bucket_at(index, i));
	while (bucket != NULL) {
		struct pmem2_range_bucket *next = bucket->next_spare;

		free(bucket);
		bucket = next;
	}
	while (index != NULL) {
		struct pmem2_range_index *older = index->older;

		free(index);
		index = older;
	}
	pthread_mutex_destroy(&set->lock);
}
