/* SPDX-License-Identifier: BSD-3-Clause */
/* test_range.c -- the ordered ranges against a plain array. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "range.h"
#include "unit.h"

enum {
	SLOTS = 4096, /* the model: slot i may hold a range of up to 4 slots that begins there */
	STEPS = 200000,
};

static unsigned char length_at[SLOTS + 4]; /* 0: no range begins here */
static char owners[SLOTS];

static bool model_meets(size_t begin, size_t end)
{
	for (size_t i = begin < 4 ? 0 : begin - 4; i < end && i < SLOTS; i++)
		if (length_at[i] != 0 && i + length_at[i] > begin)
			return true;

	return false;
}

static void *model_find(size_t begin, size_t end)
{
	for (size_t i = begin < 4 ? 0 : begin - 4; i < end && i < SLOTS; i++)
		if (length_at[i] != 0 && i + length_at[i] > begin)
			return &owners[i];

	return NULL;
}

static void *model_next(size_t address)
{
	for (size_t i = address + 1; i < SLOTS; i++)
		if (length_at[i] != 0)
			return &owners[i];

	return NULL;
}

static void *model_prev(size_t address)
{
	for (size_t i = address; i-- > 0;)
		if (length_at[i] != 0)
			return &owners[i];

	return NULL;
}

static void step(struct pmem2_range_set *set, size_t density)
{
	size_t begin = (size_t)rand() % SLOTS, length = 1 + (size_t)rand() % 4;
	size_t end = begin + length;

	if ((size_t)rand() % 100 < density) {
		struct pmem2_range range = {begin, end, &owners[begin]};
		bool meets = model_meets(begin, end);

		ck_assert_int_eq(pmem2_range_insert(set, range), meets ? -EEXIST : 0);
		if (!meets)
			length_at[begin] = (unsigned char)length;
	} else {
		bool there = length_at[begin] != 0;

		ck_assert_int_eq(pmem2_range_remove(set, begin, &owners[begin]),
			there ? 0 : -ENOENT);
		length_at[begin] = 0;
	}

	begin = (size_t)rand() % SLOTS;
	end = begin + 1 + (size_t)rand() % 64;
	ck_assert_int_eq(pmem2_range_meets(set, begin, end), model_meets(begin, end));
	ck_assert_ptr_eq(pmem2_range_find(set, begin, end), model_find(begin, end));
	ck_assert_ptr_eq(pmem2_range_next(set, begin), model_next(begin));
	ck_assert_ptr_eq(pmem2_range_prev(set, begin), model_prev(begin));
}

START_TEST(agrees_with_a_plain_model)
{
	struct pmem2_range_set set = PMEM2_RANGE_SET_INIT;
	const char *given = getenv("PMEM2_TEST_SEED");
	unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : (unsigned)time(NULL);

	printf("# seed %u\n", seed);
	srand(seed);
	for (size_t i = 0; i < STEPS; i++)
		step(&set, i % 40000 < 20000 ? 90 : 30); /* grows and shrinks, over bucket splits */

	pmem2_range_set_finish(&set);
}
END_TEST

START_TEST(keeps_ascending_and_descending_insertions)
{
	for (int descending = 0; descending < 2; descending++) {
		struct pmem2_range_set set = PMEM2_RANGE_SET_INIT;
		const size_t n = 10000;

		for (size_t i = 0; i < n; i++) {
			size_t begin = 16 * (descending ? n - i : i + 1);
			struct pmem2_range range = {begin, begin + 16, &owners[0]};
			ck_assert_int_eq(pmem2_range_insert(&set, range), 0);
		}
		for (size_t i = 1; i <= n; i++)
			ck_assert_int_eq(pmem2_range_remove(&set, 16 * i, &owners[0]), 0);
		ck_assert_ptr_null(pmem2_range_find(&set, 0, UINTPTR_MAX));
		pmem2_range_set_finish(&set);
	}
}
END_TEST

START_TEST(claimed_ranges_occupy_but_are_not_found)
{
	struct pmem2_range_set set = PMEM2_RANGE_SET_INIT;

	ck_assert_int_eq(pmem2_range_insert(&set, (struct pmem2_range){100, 200, NULL}), 0);
	ck_assert(pmem2_range_meets(&set, 150, 160));
	ck_assert_ptr_null(pmem2_range_find(&set, 0, UINTPTR_MAX));
	ck_assert_ptr_null(pmem2_range_prev(&set, UINTPTR_MAX));

	pmem2_range_publish(&set, 100, &owners[1]);
	ck_assert_ptr_eq(pmem2_range_find(&set, 199, 200), &owners[1]);
	ck_assert_ptr_eq(pmem2_range_prev(&set, 200), &owners[1]);
	ck_assert_int_eq(pmem2_range_remove(&set, 100, &owners[2]), -ENOENT);
	pmem2_range_set_finish(&set);
}
END_TEST

enum {
	FIXED = 600, /* ranges that stay, over several buckets, with room for another after each */
	LOOKUPS = 50000,
};

static struct pmem2_range_set busy = PMEM2_RANGE_SET_INIT;
static atomic_bool looking;

static uintptr_t fixed(size_t i)
{
	return 100 * (i + 1);
}

static void *come_and_go(void *arg)
{
	unsigned seed = 1;

	while (atomic_load(&looking)) {
		size_t i = (size_t)rand_r(&seed) % (FIXED - 200);

		/* 200 together split buckets, and empty them */
		for (size_t j = i; j < i + 200; j++)
			pmem2_range_insert(&busy,
				(struct pmem2_range){fixed(j) + 20, fixed(j) + 30, &owners[j]});
		for (size_t j = i; j < i + 200; j++)
			pmem2_range_remove(&busy, fixed(j) + 20, &owners[j]);
	}
	return arg;
}

/* owner i is that of the fixed range i, and of the one after it that comes and goes */
START_TEST(lookups_see_one_state_beside_changes)
{
	pthread_t thread;
	unsigned seed = 2;

	for (size_t i = 0; i < FIXED; i++)
		ck_assert_int_eq(pmem2_range_insert(&busy,
					 (struct pmem2_range){fixed(i), fixed(i) + 10, &owners[i]}),
			0);
	atomic_store(&looking, true);
	ck_assert_int_eq(pthread_create(&thread, NULL, come_and_go, NULL), 0);
	for (size_t n = 0; n < LOOKUPS; n++) {
		size_t i = 1 + (size_t)rand_r(&seed) % (FIXED - 2);

		ck_assert_ptr_eq(pmem2_range_find(&busy, fixed(i) + 9, fixed(i) + 50), &owners[i]);
		const char *next = pmem2_range_next(&busy, fixed(i));
		ck_assert(next == &owners[i] || next == &owners[i + 1]);
		ck_assert_ptr_eq(pmem2_range_prev(&busy, fixed(i)), &owners[i - 1]);
	}
	atomic_store(&looking, false);
	pthread_join(thread, NULL);
	pmem2_range_set_finish(&busy);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {agrees_with_a_plain_model,
		keeps_ascending_and_descending_insertions, claimed_ranges_occupy_but_are_not_found,
		lookups_see_one_state_beside_changes, NULL};

	return unit_run("range", tests);
}
