/* SPDX-License-Identifier: BSD-3-Clause */
/* test_deep_flush.c -- the region's deep_flush: written when it is needed, and the truth is returned. */
#include <errno.h>
#include <sys/syscall.h>

#include "fake_sysfs.h"
#include "map.h"
#include "small_file.h"
#include "unit.h"

#define ATTRIBUTE FAKE_REGION "/deep_flush"

static char around[3 * 4096];
static char *const memory = around + 4096;
static size_t flushed;

static void count(const void *ptr, size_t size)
{
	ck_assert_ptr_eq(ptr, memory);
	flushed += size;
}

static const struct pmem2_variant variant = {.name = "counting", .deep_persist = count};
static const struct pmem2_backend backend = {.name = "counting"};
static const struct pmem2_choice choice = {.backend = &backend, .variant = &variant};

static struct pmem2_map map_on(dev_t device)
{
	return (struct pmem2_map){
		.address = memory,
		.length = 4096,
		.choice = &choice,
		.device = device,
		.type = PMEM2_SOURCE_DEVDAX,
	};
}

static void set_up(void)
{
	fake_set_up();
	fake_put(ATTRIBUTE, "1\n");
	flushed = 0;
}

static void holds(const char *text)
{
	char path[4096], now[16];

	snprintf(path, sizeof(path), "%s/%s", fake_root, ATTRIBUTE);
	ck_assert_int_eq(pmem2_small_file_read(path, now, sizeof(now)), 0);
	ck_assert_str_eq(now, text);
}

START_TEST(flushes_the_cpu_and_then_the_region)
{
	struct pmem2_map map = map_on(FAKE_DAX);

	fake_put(ATTRIBUTE, "2\n"); /* so that the "1" shows */
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), 0);
	ck_assert_uint_eq(flushed, 100);
	holds("1");
}
END_TEST

/* msync(2) of a file on DAX is the file system's: there are some where it flushes nothing */
START_TEST(flushes_the_cpu_for_a_file_on_dax)
{
	struct pmem2_map map = map_on(0);

	map.type = PMEM2_SOURCE_FILE;
	map.verdict.durable = true;
	map.verdict.granularity = PMEM2_GRANULARITY_CACHE_LINE;
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), 0);
	ck_assert_uint_eq(flushed, 100);
	map.verdict.granularity = PMEM2_GRANULARITY_PAGE;
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), 0);
	ck_assert_uint_eq(flushed, 100);
}
END_TEST

START_TEST(leaves_a_region_alone_that_needs_none)
{
	struct pmem2_map map = map_on(FAKE_DAX);

	fake_put(ATTRIBUTE, "0\n");
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), 0);
	ck_assert_uint_eq(flushed, 100);
	holds("0");
}
END_TEST

START_TEST(says_so_when_the_region_cannot_be_written)
{
	struct pmem2_map map = map_on(FAKE_DAX);
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", fake_root, ATTRIBUTE);
	ck_assert_int_eq(chmod(path, 0444), 0);
	fake_no_root();
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), -EACCES);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "deep_flush for writing"));
	fake_root_again();
	holds("1");
}
END_TEST

static bool writes_nothing;

ssize_t write(int fd, const void *buf, size_t size)
{
	return writes_nothing ? 0 : syscall(SYS_write, fd, buf, size);
}

START_TEST(says_so_when_nothing_is_written)
{
	struct pmem2_map map = map_on(FAKE_DAX);

	writes_nothing = true;
	int ret = pmem2_deep_flush(&map, memory, 100);
	writes_nothing = false;
	ck_assert_int_eq(ret, -EIO);
	holds("1");
}
END_TEST

START_TEST(says_so_when_the_region_cannot_be_read)
{
	struct pmem2_map map = map_on(FAKE_DAX);
	char path[4096];

	fake_forbid(ATTRIBUTE);
	fake_no_root();
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), -EACCES);
	fake_root_again();

	snprintf(path, sizeof(path), "%s/%s", fake_root, ATTRIBUTE);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 100), -ENOENT);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "region1/deep_flush"));
}
END_TEST

START_TEST(says_so_when_there_is_no_region)
{
	struct pmem2_map map = map_on(FAKE_HMEM);

	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 1), PMEM2_E_DAX_REGION_NOT_FOUND);
}
END_TEST

START_TEST(takes_nothing_at_the_very_end)
{
	struct pmem2_map map = map_on(FAKE_DAX);

	fake_put(ATTRIBUTE, "0\n");
	map.address = around;
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 0), 0);
}
END_TEST

START_TEST(refuses_what_is_not_within_the_map)
{
	struct pmem2_map map = map_on(FAKE_DAX);

	ck_assert_int_eq(pmem2_deep_flush(&map, memory - 1, 1), PMEM2_E_DEEP_FLUSH_RANGE);
	ck_assert_int_eq(pmem2_deep_flush(&map, memory + 1, 4096), PMEM2_E_DEEP_FLUSH_RANGE);
	ck_assert_int_eq(pmem2_deep_flush(&map, memory + 1, SIZE_MAX), PMEM2_E_DEEP_FLUSH_RANGE);
}
END_TEST

START_TEST(has_nothing_to_do_with_anonymous_memory)
{
	struct pmem2_map map = map_on(FAKE_DAX);

	map.type = PMEM2_SOURCE_ANON;
	ck_assert_int_eq(pmem2_deep_flush(&map, memory, 1), PMEM2_E_NOSUPP);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {flushes_the_cpu_and_then_the_region,
		flushes_the_cpu_for_a_file_on_dax, leaves_a_region_alone_that_needs_none,
		says_so_when_the_region_cannot_be_written, says_so_when_nothing_is_written,
		says_so_when_the_region_cannot_be_read, says_so_when_there_is_no_region,
		takes_nothing_at_the_very_end, refuses_what_is_not_within_the_map,
		has_nothing_to_do_with_anonymous_memory, NULL};

	return unit_run_with("deep_flush", tests, set_up, fake_tear_down);
}
