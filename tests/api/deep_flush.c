/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deep_flush.c -- pmem2_deep_flush of what is no Device DAX.
 */
#include "api.h"
#include "interpose.h"

START_TEST(range_outside_the_map_is_deep_flush_range)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = api_map_forced(api_forced[g], 4 * PAGE);
		char *addr = pmem2_map_get_address(map);
		fails(pmem2_deep_flush(map, addr - 1, 1), PMEM2_E_DEEP_FLUSH_RANGE);
		fails(pmem2_deep_flush(map, addr - PAGE, 5 * PAGE), PMEM2_E_DEEP_FLUSH_RANGE);
		fails(pmem2_deep_flush(map, addr, 4 * PAGE + 1), PMEM2_E_DEEP_FLUSH_RANGE);
		fails(pmem2_deep_flush(map, addr + 4 * PAGE, 1), PMEM2_E_DEEP_FLUSH_RANGE);
		fails(pmem2_deep_flush(map, addr + 5 * PAGE, 0), PMEM2_E_DEEP_FLUSH_RANGE);
	}
}
END_TEST

START_TEST(the_last_byte_of_an_odd_size_is_the_end)
{
	struct pmem2_map *map = api_map_file(5000);
	char *addr = pmem2_map_get_address(map);
	works(pmem2_deep_flush(map, addr, 5000));
	works(pmem2_deep_flush(map, addr + 4999, 1));
	fails(pmem2_deep_flush(map, addr, 5001), PMEM2_E_DEEP_FLUSH_RANGE);
}
END_TEST

START_TEST(size_0_at_the_end_is_fine)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = api_map_forced(api_forced[g], PAGE);
		char *addr = pmem2_map_get_address(map);
		works(pmem2_deep_flush(map, addr + PAGE, 0));
		works(pmem2_deep_flush(map, addr, 0));
	}
}
END_TEST

START_TEST(a_range_that_wraps_is_deep_flush_range)
{
	struct pmem2_map *map = api_map_file(4 * PAGE);
	char *addr = pmem2_map_get_address(map);
	fails(pmem2_deep_flush(map, addr + PAGE, SIZE_MAX), PMEM2_E_DEEP_FLUSH_RANGE);
	fails(pmem2_deep_flush(map, addr, SIZE_MAX - (uintptr_t)addr + PAGE),
		PMEM2_E_DEEP_FLUSH_RANGE);
}
END_TEST

static void syncs(struct pmem2_map *map)
{
	char *addr = pmem2_map_get_address(map);
	msync_count = 0;
	works(pmem2_deep_flush(map, addr + PAGE + 100, PAGE));
	ck_assert(was_synced(addr + PAGE + 100, PAGE));
	fail_msync(EIO, 1, 0);
	fails(pmem2_deep_flush(map, addr, PAGE), -EIO);
	says("msync: Input/output error");
	/* the kernel says it once */
	if (!api_is_peer())
		fails(pmem2_deep_flush(map, addr, PAGE), -EIO);
}

START_TEST(file_at_cache_line_or_byte_is_msync)
{
	for (size_t g = 1; g < api_forced_count(); g++)
		syncs(api_map_forced(api_forced[g], 4 * PAGE));
}
END_TEST

START_TEST(page_answers_0)
{
	struct pmem2_map *map = api_map_file(4 * PAGE);
	char *addr = pmem2_map_get_address(map);
	strcpy(addr + 100, "deep");
	works(pmem2_deep_flush(map, addr, 4 * PAGE));
	works(pmem2_deep_flush(map, addr + 101, 2));
}
END_TEST

START_TEST(page_is_msync_and_its_error)
{
	syncs(api_map_file(4 * PAGE));
}
END_TEST

START_TEST(anonymous_is_nosupp)
{
	struct pmem2_map *map = api_map(api_config(), api_anon(PAGE));
	char *addr = pmem2_map_get_address(map);
	fails(pmem2_deep_flush(map, addr, PAGE), PMEM2_E_NOSUPP);
	fails(pmem2_deep_flush(map, addr, 0), PMEM2_E_NOSUPP);
}
END_TEST

/* the manual promises nothing, and PMDK's code returns 0 */
START_TEST(private_is_nosupp)
{
	const int code = api_manual(PMEM2_E_NOSUPP, 0);
	struct pmem2_config *config = api_config();
	works(pmem2_config_set_sharing(config, PMEM2_PRIVATE));
	struct pmem2_map *map = api_map(config, api_source(api_file(PAGE)));
	char *addr = pmem2_map_get_address(map);
	strcpy(addr, "for nobody else");
	fails(pmem2_deep_flush(map, addr, PAGE), code);
	if (code != 0)
		says("private");
	fails(pmem2_deep_flush(map, addr, PAGE + 1), PMEM2_E_DEEP_FLUSH_RANGE);
}
END_TEST

START_TEST(anonymous_range_is_judged_first)
{
	struct pmem2_map *map = api_map(api_config(), api_anon(PAGE));
	fails(pmem2_deep_flush(map, pmem2_map_get_address(map), PAGE + 1),
		PMEM2_E_DEEP_FLUSH_RANGE);
}
END_TEST

START_TEST(a_map_of_existing_memory_is_synced_too)
{
	int fd = api_file(4 * PAGE);
	char *addr = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct pmem2_map *map;
	works(pmem2_map_from_existing(&map, api_source(fd), addr, 4 * PAGE, api_line()));
	syncs(map);
}
END_TEST

API_MAIN("deep_flush", range_outside_the_map_is_deep_flush_range,
	the_last_byte_of_an_odd_size_is_the_end, size_0_at_the_end_is_fine,
	a_range_that_wraps_is_deep_flush_range, file_at_cache_line_or_byte_is_msync, page_answers_0,
	page_is_msync_and_its_error, anonymous_is_nosupp, private_is_nosupp,
	anonymous_range_is_judged_first, a_map_of_existing_memory_is_synced_too)
