/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * flush.c -- persist, flush and drain at each granularity, as far as a program sees them.
 */
#include "api.h"
#include "interpose.h"

#include <sys/resource.h>
#include <sys/wait.h>

static struct pmem2_map *page_map(size_t size)
{
	struct pmem2_map *map = api_map_file(size);
	ck_assert_int_eq(pmem2_map_get_store_granularity(map), PMEM2_GRANULARITY_PAGE);
	msync_count = 0;
	return map;
}

START_TEST(page_persist_is_flush)
{
	struct pmem2_map *map = page_map(PAGE);
	ck_assert(pmem2_get_persist_fn(map) == pmem2_get_flush_fn(map));
}
END_TEST

START_TEST(page_persist_is_msync_of_the_page_rounded_range)
{
	static const struct {
		size_t offset, size, first, end; /* bytes, bytes, pages, pages */
	} rows[] = {
		{0, 1, 0, 1},
		{0, 4096, 0, 1},
		{4095, 1, 0, 1},
		{4095, 2, 0, 2},
		{4096, 4096, 1, 2},
		{100, 3 * 4096, 0, 4},
		{5 * 4096 + 7, 8, 5, 6},
		{0, 8 * 4096, 0, 8},
	};
	if (PAGE != 4096)
		cannot("the table is made for pages of 4 KiB");
	struct pmem2_map *map = page_map(8 * PAGE);
	char *addr = pmem2_map_get_address(map);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		msync_count = 0;
		pmem2_get_persist_fn(map)(addr + rows[i].offset, rows[i].size);
		char *first = addr + rows[i].first * PAGE;
		ck_assert(was_synced(first, (rows[i].end - rows[i].first) * PAGE));
		ck_assert_uint_eq(msync_count, 1);
		ck_assert_uint_eq(msyncs[0].start, (uintptr_t)first);
		ck_assert_int_eq(msyncs[0].flags, MS_SYNC);
	}
}
END_TEST

START_TEST(page_persist_covers_the_last_page_of_an_odd_size)
{
	struct pmem2_map *map = page_map(5000);
	char *addr = pmem2_map_get_address(map);
	pmem2_get_persist_fn(map)(addr, 5000);
	ck_assert(was_synced(addr, 5000));
	msync_count = 0;
	pmem2_get_persist_fn(map)(addr + 4999, 1);
	ck_assert(was_synced(addr + 4999, 1));
}
END_TEST

/* two one-page maps with a page between them, in a reservation or with nothing there */
static void persist_over_the_hole(bool mapped)
{
	struct pmem2_vm_reservation *rsv = api_reserve(3 * PAGE);
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *maps[2];
	for (size_t i = 0; i < 2; i++) {
		works(pmem2_config_set_vm_reservation(cfg, rsv, 2 * i * PAGE));
		maps[i] = api_map(cfg, api_source(api_file(PAGE)));
	}
	char *addr = pmem2_map_get_address(maps[0]);
	if (!mapped)
		ck_assert_int_eq(munmap(addr + PAGE, PAGE), 0);
	msync_count = 0;
	errno = 77;
	pmem2_get_persist_fn(maps[0])(addr, 3 * PAGE);
	ck_assert_int_eq(errno, 77);
	ck_assert(was_synced(addr, PAGE));
	ck_assert(was_synced(addr + 2 * PAGE, PAGE));
}

START_TEST(page_persist_skips_parts_in_no_map)
{
	persist_over_the_hole(true);
}
END_TEST

START_TEST(page_persist_skips_parts_where_nothing_is_mapped)
{
	persist_over_the_hole(false);
}
END_TEST

START_TEST(page_persist_of_memory_in_no_map_does_nothing_bad)
{
	struct pmem2_map *map = page_map(PAGE);
	char on_the_stack[100], *on_the_heap = malloc(3 * PAGE);
	pmem2_get_persist_fn(map)(on_the_stack, sizeof(on_the_stack));
	pmem2_get_persist_fn(map)(on_the_heap, 3 * PAGE);
	free(on_the_heap);
}
END_TEST

START_TEST(length_0_is_fine)
{
	for (size_t i = 0; i < api_forced_count(); i++) {
		struct pmem2_map *map = api_map_forced(api_forced[i], PAGE);
		char *addr = pmem2_map_get_address(map);
		const size_t offsets[] = {0, 1, 64, PAGE};
		for (size_t j = 0; j < 4; j++) {
			pmem2_get_persist_fn(map)(addr + offsets[j], 0);
			pmem2_get_flush_fn(map)(addr + offsets[j], 0);
		}
		pmem2_get_drain_fn(map)();
	}
}
END_TEST

START_TEST(errno_is_kept)
{
	for (size_t i = 0; i < api_forced_count(); i++) {
		struct pmem2_map *map = api_map_forced(api_forced[i], PAGE);
		char *addr = pmem2_map_get_address(map);
		errno = 77;
		pmem2_get_persist_fn(map)(addr, PAGE);
		pmem2_get_flush_fn(map)(addr, PAGE);
		pmem2_get_drain_fn(map)();
		pmem2_get_memset_fn(map)(addr, 1, PAGE, 0);
		ck_assert_int_eq(errno, 77);
	}
}
END_TEST

START_TEST(page_persist_after_the_users_own_munmap_is_fine)
{
	struct pmem2_map *map = page_map(PAGE);
	char *addr = pmem2_map_get_address(map);
	ck_assert_int_eq(munmap(addr, PAGE), 0);
	errno = 77;
	pmem2_get_persist_fn(map)(addr, PAGE);
	ck_assert_int_eq(errno, 77);
}
END_TEST

START_TEST(eintr_is_repeated)
{
	struct pmem2_map *map = page_map(PAGE);
	char *addr = pmem2_map_get_address(map);
	fail_msync(EINTR, 3, 0);
	pmem2_get_persist_fn(map)(addr, PAGE);
	ck_assert_uint_eq(msync_count, 4);
	ck_assert(was_synced(addr, PAGE));
}
END_TEST

/* the way a child ends that calls persist while msync fails, and what it wrote to stderr */
static int persist_failing(int error, char *said, size_t size)
{
	struct pmem2_map *map = page_map(PAGE);
	int fds[2];
	ck_assert_int_eq(pipe(fds), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		dup2(fds[1], 2);
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		fail_msync(error, 1, 0);
		pmem2_get_persist_fn(map)(pmem2_map_get_address(map), PAGE);
		_exit(0);
	}
	close(fds[1]);
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ssize_t n = read(fds[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	return status;
}

START_TEST(a_failing_msync_aborts)
{
	const int errors[] = {EIO, EBUSY, EINVAL, ENOSPC};
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		char said[1000];
		int status = persist_failing(errors[i], said, sizeof(said));
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(WTERMSIG(status), SIGABRT);
	}
}
END_TEST

START_TEST(a_failing_msync_aborts_with_a_message)
{
	char said[1000];
	persist_failing(EIO, said, sizeof(said));
	ck_assert_msg(strstr(said, "msync") && strstr(said, strerror(EIO)), "%s", said);
}
END_TEST

START_TEST(page_drain_does_nothing)
{
	struct pmem2_map *map = page_map(PAGE);
	fail_msync(EIO, 1, 0);
	pmem2_get_drain_fn(map)();
	ck_assert_uint_eq(msync_count, 0);
}
END_TEST

START_TEST(lines_and_bytes_need_no_msync)
{
	for (size_t i = 1; i < api_forced_count(); i++) {
		struct pmem2_map *map = api_map_forced(api_forced[i], 64 * PAGE);
		char *addr = pmem2_map_get_address(map);
		msync_count = 0;
		fail_msync(EIO, 1000, 0);
		pmem2_get_persist_fn(map)(addr + 3, 20 * PAGE);
		pmem2_get_flush_fn(map)(addr, 64 * PAGE);
		pmem2_get_drain_fn(map)();
		pmem2_get_memset_fn(map)(addr, 'x', 64 * PAGE, 0);
		pmem2_get_memcpy_fn(map)(addr, addr + PAGE, 1000, PMEM2_F_MEM_NODRAIN);
		ck_assert_uint_eq(msync_count, 0);
	}
}
END_TEST

START_TEST(flush_of_every_line_leaves_the_contents)
{
	for (size_t i = 0; i < api_forced_count(); i++) {
		struct pmem2_map *map = api_map_forced(api_forced[i], 2 * PAGE);
		char *addr = pmem2_map_get_address(map);
		memset(addr, 'x', 2 * PAGE);
		for (size_t from = 0; from < 130; from += i ? 1 : 16)
			for (size_t size = 0; size < 130; size += 13)
				pmem2_get_persist_fn(map)(addr + from, size);
		for (size_t j = 0; j < 2 * PAGE; j++)
			ck_assert_int_eq(addr[j], 'x');
	}
}
END_TEST

API_MAIN("flush", page_persist_is_flush, page_persist_is_msync_of_the_page_rounded_range,
	page_persist_covers_the_last_page_of_an_odd_size, page_persist_skips_parts_in_no_map,
	page_persist_skips_parts_where_nothing_is_mapped,
	page_persist_of_memory_in_no_map_does_nothing_bad, length_0_is_fine, errno_is_kept,
	page_persist_after_the_users_own_munmap_is_fine, eintr_is_repeated, a_failing_msync_aborts,
	a_failing_msync_aborts_with_a_message, page_drain_does_nothing,
	lines_and_bytes_need_no_msync, flush_of_every_line_leaves_the_contents)
