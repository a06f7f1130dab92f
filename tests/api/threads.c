/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * threads.c -- 8 threads that map, flush and unmap the same file at once.
 */
#include "api.h"

#include <pthread.h>

enum {
	THREADS = 8,
	SLOTS = 64, /* words that each thread writes in turn */
};

static uint64_t rounds = 250;

struct thread {
	pthread_t id;
	size_t number;
	struct pmem2_source *src;
	size_t pages;
};

/* The file is THREADS x SLOTS words, one row each; the rest of `pages` pages is never written. */
static size_t slot_of(const struct thread *t, size_t round)
{
	return (t->number * SLOTS + round % SLOTS) * 8;
}

static void one_round(const struct thread *t, struct pmem2_config *cfg, uint64_t round)
{
	struct pmem2_map *map;
	works(pmem2_map_new(&map, cfg, t->src));
	char *addr = pmem2_map_get_address(map);
	ck_assert_uint_eq(pmem2_map_get_size(map), t->pages * PAGE);
	uint64_t value = round << 8 | t->number;
	pmem2_get_memcpy_fn(map)(addr + slot_of(t, round), &value, 8, 0);
	pmem2_get_persist_fn(map)(addr + slot_of(t, round), 8);
	ck_assert_int_eq(addr[t->pages * PAGE - 1], 0);
	if (round % 16 == 0)
		works(pmem2_deep_flush(map, addr, PAGE));
	works(pmem2_map_delete(&map));
}

static void *work(void *arg)
{
	struct thread *t = arg;
	struct pmem2_config *cfg = api_config();
	for (uint64_t round = 0; round < rounds; round++)
		one_round(t, cfg, round);
	works(pmem2_config_delete(&cfg));
	return NULL;
}

static void all_together(int fd, size_t pages)
{
	rounds = api_times(rounds);
	uint64_t last = rounds < SLOTS ? 0 : rounds - SLOTS; /* that nobody wrote over */
	struct thread threads[THREADS];
	ck_assert_int_eq(ftruncate(fd, (off_t)(pages * PAGE)), 0);
	struct pmem2_source *src = api_source(fd);
	for (size_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){.number = i, .src = src, .pages = pages};
		ck_assert_int_eq(pthread_create(&threads[i].id, NULL, work, &threads[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i].id, NULL);
	for (size_t i = 0; i < THREADS; i++) {
		for (uint64_t round = last; round < rounds; round++) {
			uint64_t value;
			off_t at = (off_t)slot_of(&threads[i], round);
			ck_assert_int_eq(pread(fd, &value, 8, at), 8);
			ck_assert_uint_eq(value, round << 8 | i);
		}
	}
}

START_TEST(small_file_on_tmpfs)
{
	all_together(api_file_in(api_shm(), 0), 2);
}
END_TEST

START_TEST(large_file_on_tmpfs)
{
	all_together(api_file_in(api_shm(), 0), 1025);
}
END_TEST

START_TEST(small_file_on_disk)
{
	rounds = 100; /* each waits for the disk */
	all_together(api_file(0), 2);
}
END_TEST

START_TEST(large_file_on_disk)
{
	rounds = 100; /* each waits for the disk */
	all_together(api_file(0), 1025);
}
END_TEST

START_TEST(forced_lines_on_tmpfs)
{
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
	all_together(api_file_in(api_shm(), 0), 1025);
}
END_TEST

START_TEST(forced_lines_on_disk)
{
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
	all_together(api_file(0), 1025);
}
END_TEST

API_MAIN("threads", small_file_on_tmpfs, large_file_on_tmpfs, small_file_on_disk,
	large_file_on_disk, forced_lines_on_tmpfs, forced_lines_on_disk)
