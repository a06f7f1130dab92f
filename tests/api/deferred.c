/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred.c -- flushes that wait for the drain: what is written when, and that nothing noted is lost.
 */
#include "api.h"
#include "interpose.h"

#include <pthread.h>
#include <sys/wait.h>

enum { BRIDGED = 64 << 20 }; /* bytes between notes that one call passes over, at most */

static char *address(struct pmem2_map *map)
{
	return pmem2_map_get_address(map);
}

static struct pmem2_map *deferred_map(size_t size)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_deferred_flush(cfg, 1));
	struct pmem2_map *map = api_map(cfg, api_source(api_file(size)));
	msync_count = 0;
	return map;
}

/* flushes the page with that number, by the map's function */
static void flush(struct pmem2_map *map, size_t page)
{
	pmem2_get_flush_fn(map)(address(map) + page * PAGE + 7, 8);
}

static bool page_was_synced(struct pmem2_map *map, size_t page)
{
	return was_synced(address(map) + page * PAGE, PAGE);
}

START_TEST(deferred_is_0_or_1)
{
	struct pmem2_config *cfg = api_config();
	fails(pmem2_config_set_deferred_flush(cfg, 2), -EINVAL);
	fails(pmem2_config_set_deferred_flush(cfg, -1), -EINVAL);
	says("-1");
	works(pmem2_config_set_deferred_flush(cfg, 1));
	works(pmem2_config_set_deferred_flush(cfg, 0));
	struct pmem2_map *map = api_map(cfg, api_source(api_file(PAGE)));
	msync_count = 0;
	flush(map, 0);
	ck_assert(page_was_synced(map, 0));
}
END_TEST

START_TEST(nothing_is_written_before_the_drain)
{
	struct pmem2_map *map = deferred_map(16 * PAGE);
	errno = 77;
	flush(map, 3);
	pmem2_get_memcpy_fn(map)(address(map) + 5 * PAGE, "x", 1, PMEM2_F_MEM_NODRAIN);
	pmem2_get_memset_fn(map)(address(map) + 6 * PAGE, 1, PAGE + 1, PMEM2_F_MEM_NODRAIN);
	works(pmem2_map_flush(map, address(map) + 9 * PAGE, 1));
	ck_assert_uint_eq(msync_count, 0);
	pmem2_get_drain_fn(map)();
	ck_assert_int_eq(errno, 77);
	static const size_t pages[] = {3, 5, 6, 7, 9};
	for (size_t i = 0; i < 5; i++)
		ck_assert(page_was_synced(map, pages[i]));
	ck_assert(!page_was_synced(map, 10) && !page_was_synced(map, 2));
	msync_count = 0;
	pmem2_get_drain_fn(map)();
	ck_assert_uint_eq(msync_count, 0);
}
END_TEST

START_TEST(neighbours_and_what_is_near_take_one_call)
{
	struct pmem2_map *map = deferred_map(256 * PAGE);
	for (size_t i = 0; i < 64; i++)
		flush(map, 10 + i);
	pmem2_get_drain_fn(map)();
	ck_assert_uint_eq(msync_count, 1);
	ck_assert_uint_eq(msyncs[0].end - msyncs[0].start, 64 * PAGE);

	msync_count = 0;
	for (size_t i = 0; i < 64; i++)
		flush(map, (i * 37) % 64 * 4);
	pmem2_get_drain_fn(map)();
	ck_assert_uint_eq(msync_count, 1);
	for (size_t i = 0; i < 64; i++)
		ck_assert(page_was_synced(map, 4 * i));
}
END_TEST

START_TEST(what_is_far_apart_takes_a_call_each)
{
	struct pmem2_map *map = deferred_map((size_t)4 * BRIDGED);
	size_t far = BRIDGED / PAGE + 2;
	flush(map, 0);
	flush(map, far);
	pmem2_get_drain_fn(map)();
	ck_assert_uint_eq(msync_count, 2);
	ck_assert(page_was_synced(map, 0) && page_was_synced(map, far));
	ck_assert(!page_was_synced(map, far / 2));
}
END_TEST

START_TEST(persist_writes_what_was_noted_before)
{
	struct pmem2_map *map = deferred_map(16 * PAGE);
	flush(map, 3);
	pmem2_get_persist_fn(map)(address(map) + 8 * PAGE, 1);
	ck_assert(page_was_synced(map, 3) && page_was_synced(map, 8));
	msync_count = 0;
	flush(map, 4);
	pmem2_get_memcpy_fn(map)(address(map), "x", 1, 0);
	ck_assert(page_was_synced(map, 4) && page_was_synced(map, 0));
	msync_count = 0;
	flush(map, 5);
	works(pmem2_map_memset(map, address(map), 1, 1, 0));
	ck_assert(page_was_synced(map, 5) && page_was_synced(map, 0));
	msync_count = 0;
	flush(map, 6);
	works(pmem2_map_persist(map, address(map), 0));
	ck_assert(page_was_synced(map, 6));
}
END_TEST

START_TEST(a_lone_persist_is_one_call_at_once)
{
	struct pmem2_map *map = deferred_map(4 * PAGE);
	pmem2_get_persist_fn(map)(address(map) + PAGE, 1);
	ck_assert_uint_eq(msync_count, 1);
	ck_assert(page_was_synced(map, 1));
}
END_TEST

START_TEST(more_than_fits_is_written_through)
{
	enum { N = 2000 };
	struct pmem2_map *map = deferred_map((size_t)2 * N * PAGE);
	size_t written = 0;
	for (size_t i = 0; i < N; i++) {
		flush(map, 2 * i);
		if (msync_count > 0 && written == 0)
			written = i;
	}
	ck_assert_uint_eq(written, 511);
	pmem2_get_drain_fn(map)();
	ck_assert_uint_le(msync_count, 5);
	for (size_t i = 0; i < N; i++)
		ck_assert(page_was_synced(map, 2 * i));
}
END_TEST

START_TEST(each_map_gets_its_calls)
{
	struct pmem2_map *maps[2] = {deferred_map(16 * PAGE), deferred_map(16 * PAGE)};
	msync_count = 0;
	flush(maps[0], 1);
	flush(maps[1], 2);
	works(pmem2_map_drain(maps[0]));
	ck_assert(page_was_synced(maps[0], 1) && !page_was_synced(maps[1], 2));
	flush(maps[0], 3);
	pmem2_get_drain_fn(maps[0])();
	ck_assert(page_was_synced(maps[0], 3) && page_was_synced(maps[1], 2));
}
END_TEST

START_TEST(maps_side_by_side_are_not_mixed)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *maps[2];
	works(pmem2_config_set_deferred_flush(cfg, 1));
	for (size_t i = 0; i < 2; i++) {
		works(pmem2_config_set_vm_reservation(cfg, rsv, 2 * i * PAGE));
		maps[i] = api_map(cfg, api_source(api_file(2 * PAGE)));
	}
	msync_count = 0;
	for (size_t page = 0; page < 4; page++)
		flush(maps[0], page);
	works(pmem2_map_drain(maps[1]));
	ck_assert(page_was_synced(maps[1], 1) && !page_was_synced(maps[0], 1));
	fail_msync(EIO, 1, 0);
	fails(pmem2_map_drain(maps[0]), -EIO);
	works(pmem2_map_error(maps[1]));
}
END_TEST

START_TEST(errors_come_at_the_drain_and_stay)
{
	struct pmem2_map *map = deferred_map(16 * PAGE);
	works(pmem2_map_flush(map, address(map), 1));
	fail_msync(EIO, 1, 0);
	fails(pmem2_map_drain(map), -EIO);
	fails(pmem2_map_drain(map), -EIO);
	fails(pmem2_map_flush(map, address(map), 1), -EIO);
	works(pmem2_map_clear_error(map));
	works(pmem2_map_drain(map));
}
END_TEST

/* ---- threads ---- */

static struct pmem2_map *shared;

static void *flush_in_a_thread(void *page)
{
	flush(shared, (size_t)(uintptr_t)page);
	if (page == (void *)1)
		pmem2_get_drain_fn(shared)();
	return NULL;
}

static void in_a_thread(void *(*function)(void *), size_t page)
{
	pthread_t thread;
	ck_assert_int_eq(pthread_create(&thread, NULL, function, (void *)(uintptr_t)page), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(a_drain_covers_its_own_thread)
{
	shared = deferred_map(16 * PAGE);
	flush(shared, 4);
	in_a_thread(flush_in_a_thread, 1);
	ck_assert(page_was_synced(shared, 1) && !page_was_synced(shared, 4));
}
END_TEST

START_TEST(a_thread_that_ends_writes_its_notes)
{
	shared = deferred_map(16 * PAGE);
	in_a_thread(flush_in_a_thread, 2);
	ck_assert(page_was_synced(shared, 2));
}
END_TEST

static pthread_barrier_t barrier;

static void *flush_and_wait(void *page)
{
	flush(shared, (size_t)(uintptr_t)page);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* a thread that has noted page 5 of the map, until the second wait */
static pthread_t noting_thread(void)
{
	pthread_t thread;
	pthread_barrier_init(&barrier, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, flush_and_wait, (void *)5), 0);
	pthread_barrier_wait(&barrier);
	return thread;
}

START_TEST(deleting_the_map_writes_the_notes_of_all_threads)
{
	shared = deferred_map(16 * PAGE);
	char *at = address(shared) + 5 * PAGE;
	pthread_t thread = noting_thread();
	ck_assert_uint_eq(msync_count, 0);
	works(pmem2_map_delete(&shared));
	ck_assert(was_synced(at, PAGE));
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL); /* its note is of no map any more */
}
END_TEST

START_TEST(deleting_a_map_without_notes_writes_nothing)
{
	struct pmem2_map *map = deferred_map(16 * PAGE);
	works(pmem2_map_delete(&map));
	ck_assert_uint_eq(msync_count, 0);
}
END_TEST

START_TEST(a_delete_that_cannot_write_says_so_once)
{
	struct pmem2_map *map = deferred_map(16 * PAGE);
	flush(map, 5);
	fail_msync(ENOSPC, 1, 0);
	fails(pmem2_map_delete(&map), -ENOSPC);
	says("pmem2_map_delete");
	ck_assert_ptr_nonnull(map);
	fails(pmem2_map_error(map), -ENOSPC);
	works(pmem2_map_delete(&map));
}
END_TEST

START_TEST(after_a_fork_both_can_drain)
{
	struct pmem2_map *map = deferred_map(16 * PAGE);
	int status;
	flush(map, 5);
	pid_t pid = fork();
	if (!pid) {
		pmem2_get_drain_fn(map)();
		_exit(page_was_synced(map, 5) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(msync_count, 0);
	pmem2_get_drain_fn(map)();
	ck_assert(page_was_synced(map, 5));
}
END_TEST

START_TEST(other_maps_functions_serve_too)
{
	struct pmem2_map *map = deferred_map(16 * PAGE), *plain = api_map_file(PAGE);
	ck_assert(pmem2_get_flush_fn(map) != pmem2_get_flush_fn(plain));
	msync_count = 0;
	pmem2_get_flush_fn(map)(address(plain), 1); /* not deferred: at once */
	ck_assert(page_was_synced(plain, 0));
	flush(map, 5);
	pmem2_get_drain_fn(plain)();
	ck_assert(page_was_synced(map, 5));
}
END_TEST

START_TEST(finer_granularities_are_as_without)
{
	for (size_t i = 1; i < api_forced_count(); i++) {
		setenv("PMEM2_FORCE_GRANULARITY", api_forced[i], 1);
		struct pmem2_map *map = deferred_map(PAGE);
		struct pmem2_map *plain = api_map_file(PAGE);
		ck_assert(pmem2_get_flush_fn(map) == pmem2_get_flush_fn(plain));
		ck_assert(pmem2_get_drain_fn(map) == pmem2_get_drain_fn(plain));
	}
}
END_TEST

API_MAIN("deferred", deferred_is_0_or_1, nothing_is_written_before_the_drain,
	neighbours_and_what_is_near_take_one_call, what_is_far_apart_takes_a_call_each,
	persist_writes_what_was_noted_before, a_lone_persist_is_one_call_at_once,
	more_than_fits_is_written_through, each_map_gets_its_calls, maps_side_by_side_are_not_mixed,
	errors_come_at_the_drain_and_stay, a_drain_covers_its_own_thread,
	a_thread_that_ends_writes_its_notes, deleting_the_map_writes_the_notes_of_all_threads,
	deleting_a_map_without_notes_writes_nothing, a_delete_that_cannot_write_says_so_once,
	after_a_fork_both_can_drain, other_maps_functions_serve_too,
	finer_granularities_are_as_without)
