/* SPDX-License-Identifier: BSD-3-Clause */
/* backend.c -- the backend in libpmem2_backend(7), found by its name, does what the page promises. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../core/unit.h"

enum {
	SIZE = 4096,
	MOST = 200, /* bytes in a copy */
};

static struct pmem2_map *map;

/* A file of SIZE bytes without a name, at CACHE_LINE as the environment says. */
static void map_file(void)
{
	char path[] = "backend.XXXXXX";
	struct pmem2_config *cfg;
	struct pmem2_source *src;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	works(pmem2_source_from_fd(&src, fd));
	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE));
	works(pmem2_map_new(&map, cfg, src));
	works(pmem2_config_delete(&cfg));
	works(pmem2_source_delete(&src));
	close(fd);
}

static void unmap_file(void)
{
	works(pmem2_map_delete(&map));
}

START_TEST(it_serves_the_map)
{
	ck_assert_str_eq(pmem2_map_get_backend_name(map), "example-sse2");
	pmem2_get_persist_fn(map)(pmem2_map_get_address(map), SIZE);
	pmem2_get_flush_fn(map)(NULL, 0);
	pmem2_get_drain_fn(map)();
}
END_TEST

static void fill(unsigned char *bytes)
{
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 256);
}

START_TEST(it_moves_as_memmove_does)
{
	unsigned char *file = pmem2_map_get_address(map), expected[SIZE];
	pmem2_memmove_fn move = pmem2_get_memmove_fn(map);

	/* around 1024: from far below it to far above, overlapping both ways */
	for (size_t from = 1024 - MOST; from <= 1024 + MOST; from += 3) {
		for (size_t to = 1024; to < 1032; to++) {
			size_t length = (from * 31 + to) % MOST;
			unsigned flags = (unsigned)from & PMEM2_F_MEM_VALID_FLAGS;

			fill(file);
			fill(expected);
			memmove(expected + to, expected + from, length);
			ck_assert_ptr_eq(move(file + to, file + from, length, flags), file + to);
			ck_assert_mem_eq(file, expected, SIZE);
		}
	}
}
END_TEST

START_TEST(it_sets_as_memset_does)
{
	unsigned char *file = pmem2_map_get_address(map), expected[SIZE];
	pmem2_memset_fn set = pmem2_get_memset_fn(map);

	for (size_t length = 0; length < MOST; length++) {
		for (size_t to = 1024; to < 1032; to++) {
			fill(file);
			fill(expected);
			memset(expected + to, (int)length, length);
			ck_assert_ptr_eq(set(file + to, (int)length, length, 0), file + to);
			ck_assert_mem_eq(file, expected, SIZE);
		}
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {it_serves_the_map, it_moves_as_memmove_does,
		it_sets_as_memset_does, NULL};

	return unit_run_with("backend", tests, map_file, unmap_file);
}
