/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * copy.c -- memmove, memcpy and memset of maps: contents, overlap, flags.
 */
#include "api.h"
#include "interpose.h"

#include <pthread.h>
#include <stdatomic.h>

/* sizes around the borders of words, lines, the threshold and pages */
static const size_t sizes[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129,
	200, 255, 256, 257, 511, 513, 1024, 4095, 4096, 4097, 9000};
#define N_SIZES (sizeof(sizes) / sizeof(*sizes))

enum {
	AREA = 40000,
};

/* a map's memory, and what it must hold */
static char *area, expected[AREA], before[AREA];

static struct pmem2_map *fresh(const char *granularity)
{
	struct pmem2_map *map = api_map_forced(granularity, AREA);
	area = pmem2_map_get_address(map);
	for (size_t i = 0; i < AREA; i++)
		area[i] = expected[i] = before[i] = (char)(i * 31 + i / 251);
	msync_count = 0;
	return map;
}

static void restore(void)
{
	memcpy(area, before, AREA);
	memcpy(expected, before, AREA);
}

static void same(const char *what, size_t size, size_t to, size_t from, unsigned flags)
{
	ck_assert_msg(!memcmp(area, expected, AREA), "%s of %zu bytes, %zu <- %zu, flags %#x", what,
		size, to, from, flags);
}

START_TEST(memcpy_is_memmove)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		ck_assert(pmem2_get_memcpy_fn(map) == pmem2_get_memmove_fn(map));
	}
}
END_TEST

static void copy_all_ways(pmem2_memmove_fn move, unsigned flags, const char *granularity)
{
	static const size_t offsets[] = {0, 1, 7, 8, 31, 63};
	for (size_t s = 0; s < N_SIZES; s++) {
		for (size_t o = 0; o < 36; o++) {
			char *to = area + 64 + offsets[o / 6],
			     *from = area + 20000 + offsets[o % 6];
			ck_assert_ptr_eq(move(to, from, sizes[s], flags), to);
			memmove(expected + (to - area), expected + (from - area), sizes[s]);
		}
		same(granularity, sizes[s], 0, 0, flags);
	}
}

START_TEST(memmove_copies_with_any_flags)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		unsigned step = g ? 1 : 13; /* each at PAGE is an msync */
		for (unsigned flags = 0; flags <= PMEM2_F_MEM_VALID_FLAGS; flags += step)
			copy_all_ways(pmem2_get_memmove_fn(map),
				g ? flags : flags | PMEM2_F_MEM_NOFLUSH, api_forced[g]);
	}
}
END_TEST

START_TEST(memset_sets_with_any_flags)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		for (unsigned i = 0; i < 64 * N_SIZES; i++) {
			size_t size = sizes[i % N_SIZES], to = 64 + i * 7 % 64;
			unsigned flags = i / N_SIZES;
			if (!g && i % 64)
				flags |= PMEM2_F_MEM_NOFLUSH;
			ck_assert_ptr_eq(pmem2_get_memset_fn(
						 map)(area + to, (int)(i * 3 - 500), size, flags),
				area + to);
			memset(expected + to, (int)(i * 3 - 500), size);
			same("memset", size, to, 0, flags);
		}
	}
}
END_TEST

START_TEST(any_flags_are_accepted)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		for (unsigned bit = 0; bit < 32; bit++) {
			restore();
			pmem2_get_memcpy_fn(map)(area + 8, area + 5000, 1000, 1U << bit);
			memmove(expected + 8, expected + 5000, 1000);
			pmem2_get_memset_fn(map)(area + 2000, 'x', 300, 1U << bit);
			memset(expected + 2000, 'x', 300);
			same("copy", 1000, 8, 5000, 1U << bit);
		}
		pmem2_get_memcpy_fn(map)(area, area + 1, 0, UINT32_MAX);
		same("copy", 0, 0, 1, UINT32_MAX);
	}
}
END_TEST

static void overlap(pmem2_memmove_fn move, size_t size, size_t distance, unsigned flags)
{
	const size_t low = 1000, high = low + distance;
	restore();
	ck_assert_ptr_eq(move(area + high, area + low, size, flags), area + high);
	memmove(expected + high, expected + low, size);
	same("move up", size, high, low, flags);
	restore();
	ck_assert_ptr_eq(move(area + low, area + high, size, flags), area + low);
	memmove(expected + low, expected + high, size);
	same("move down", size, low, high, flags);
}

START_TEST(overlap_is_handled_by_both)
{
	static const size_t distances[] = {0, 1, 3, 8, 15, 16, 33, 63, 64, 65, 200, 4096};
	static const unsigned flags[] = {0, PMEM2_F_MEM_NONTEMPORAL, PMEM2_F_MEM_TEMPORAL,
		PMEM2_F_MEM_NOFLUSH, PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NONTEMPORAL};
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		for (size_t i = 0; i < N_SIZES * 12; i++) {
			unsigned f = flags[g ? i % 5 : 3];
			overlap(pmem2_get_memmove_fn(map), sizes[i / 12], distances[i % 12], f);
			overlap(pmem2_get_memcpy_fn(map), sizes[i / 12], distances[i % 12], f);
		}
	}
}
END_TEST

START_TEST(source_may_be_any_memory)
{
	char *heap = malloc(AREA);
	memset(heap, 'h', AREA);
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		pmem2_get_memcpy_fn(map)(area, heap, AREA, 0);
		ck_assert_int_eq(memcmp(area, heap, AREA), 0);
	}
}
END_TEST

START_TEST(page_copies_are_synced_also_without_drain)
{
	struct pmem2_map *map = fresh("PAGE");
	const unsigned flags[] = {0, PMEM2_F_MEM_NODRAIN, PMEM2_F_MEM_NONTEMPORAL,
		PMEM2_F_MEM_TEMPORAL, PMEM2_F_MEM_WC, PMEM2_F_MEM_WB};
	for (size_t i = 0; i < 6; i++) {
		msync_count = 0;
		pmem2_get_memcpy_fn(map)(area + 100, area + 20000, 9000, flags[i]);
		ck_assert(was_synced(area + 100, 9000));
		msync_count = 0;
		pmem2_get_memset_fn(map)(area + 5000, 1, 5000, flags[i]);
		ck_assert(was_synced(area + 5000, 5000));
	}
}
END_TEST

START_TEST(noflush_does_not_flush)
{
	struct pmem2_map *map = fresh("PAGE");
	const unsigned flags[] = {PMEM2_F_MEM_NOFLUSH, PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_NODRAIN,
		PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_NONTEMPORAL};
	for (size_t i = 0; i < 3; i++) {
		pmem2_get_memcpy_fn(map)(area, area + 20000, 9000, flags[i]);
		pmem2_get_memset_fn(map)(area, 1, 9000, flags[i]);
	}
	ck_assert_uint_eq(msync_count, 0);
}
END_TEST

/* a reader watches `watched` while words of equal bytes are copied there */
static const volatile uint64_t *watched;
static atomic_bool stop, torn;

/* That a plain store of 8 bytes does not tear is the CPU's promise: to ISO C it races with this load. */
__attribute__((no_sanitize("thread"))) static void *watch(void *arg)
{
	(void)arg;
	while (!stop) {
		uint64_t v = *watched;
		if (v != (v & 0xff) * UINT64_C(0x0101010101010101))
			torn = true;
	}
	return NULL;
}

static void copy_words(struct pmem2_map *map, const char *granularity, size_t size, unsigned flags)
{
	char words[2][1024];
	memset(words[0], 0, 1024);
	memset(words[1], 0xff, 1024);
	for (int i = 0; i < 20000 && !torn; i++) {
		pmem2_get_memcpy_fn(map)(area + 8, words[i % 2], size, flags);
		pmem2_get_memset_fn(map)(area + 8, i % 3, size, flags);
	}
	ck_assert_msg(!torn, "%s, %zu bytes, flags %#x", granularity, size, flags);
}

START_TEST(an_aligned_8_byte_value_never_tears)
{
	static const size_t lengths[] = {8, 16, 24, 56, 64, 120, 256, 1000};
	static const unsigned flags[] = {PMEM2_F_MEM_NOFLUSH, PMEM2_F_MEM_NODRAIN,
		PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NONTEMPORAL};
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = fresh(api_forced[g]);
		memset(area, 0, AREA);
		for (size_t i = 0; i < 24; i++) {
			pthread_t reader;
			size_t word = lengths[i % 8] / 8 - 1;
			watched = (uint64_t *)(void *)(area + 8 + i % 3 / 2 * word * 8);
			stop = false;
			ck_assert_int_eq(pthread_create(&reader, NULL, watch, NULL), 0);
			copy_words(map, api_forced[g], lengths[i % 8],
				g ? flags[i / 8] : PMEM2_F_MEM_NOFLUSH);
			stop = true;
			pthread_join(reader, NULL);
		}
	}
}
END_TEST

API_MAIN("copy", memcpy_is_memmove, memmove_copies_with_any_flags, memset_sets_with_any_flags,
	any_flags_are_accepted, overlap_is_handled_by_both, source_may_be_any_memory,
	page_copies_are_synced_also_without_drain, noflush_does_not_flush,
	an_aligned_8_byte_value_never_tears)
