/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * legacy.c -- the API of 2019: the config holds the file.
 */
#include "api.h"
#include "interpose.h"

#include <malloc.h>

static struct pmem2_config *plain(void)
{
	struct pmem2_config *cfg;
	works(pmem2_config_new(&cfg));
	return cfg;
}

static struct pmem2_config *config_of(int fd)
{
	struct pmem2_config *cfg = plain();
	works(pmem2_config_set_fd(cfg, fd));
	return cfg;
}

START_TEST(without_an_fd_file_handle_is_not_set)
{
	struct pmem2_config *cfg = plain();
	size_t value = 99;
	struct pmem2_map *map = (struct pmem2_map *)cfg;
	fails(pmem2_config_get_file_size(cfg, &value), PMEM2_E_FILE_HANDLE_NOT_SET);
	fails(pmem2_config_get_alignment(cfg, &value), PMEM2_E_FILE_HANDLE_NOT_SET);
	fails(pmem2_map(cfg, &map), PMEM2_E_FILE_HANDLE_NOT_SET);
	ck_assert(*pmem2_errormsg());
	ck_assert_uint_eq(value, 99);
}
END_TEST

START_TEST(set_fd_validates_as_source_from_fd)
{
	struct pmem2_config *cfg = plain();
	int fd = api_file(PAGE), closed = dup(fd);
	close(closed);
	fails(pmem2_config_set_fd(cfg, closed), PMEM2_E_INVALID_FILE_HANDLE);
	fails(pmem2_config_set_fd(cfg, api_reopen(fd, O_WRONLY)), PMEM2_E_INVALID_FILE_HANDLE);
	says("O_WRONLY", "O_RDWR");
	fails(pmem2_config_set_fd(cfg, open("/", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
	fails(pmem2_config_set_fd(cfg, open("/dev/null", O_RDWR)), PMEM2_E_INVALID_FILE_TYPE);
}
END_TEST

START_TEST(a_refused_fd_keeps_the_old_one)
{
	struct pmem2_config *cfg = config_of(api_file(5000));
	fails(pmem2_config_set_fd(cfg, open("/", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
	size_t size = 0;
	works(pmem2_config_get_file_size(cfg, &size));
	ck_assert_uint_eq(size, 5000);
}
END_TEST

START_TEST(a_negative_fd_unsets_it_again)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	size_t size;
	works(pmem2_config_set_fd(cfg, -1));
	fails(pmem2_config_get_file_size(cfg, &size), PMEM2_E_FILE_HANDLE_NOT_SET);
	works(pmem2_config_set_fd(cfg, INT32_MIN));
	works(pmem2_config_set_fd(cfg, api_file(PAGE)));
	works(pmem2_config_get_file_size(cfg, &size));
}
END_TEST

START_TEST(file_size_and_alignment_are_those_of_the_file)
{
	int fd = api_file(5000);
	struct pmem2_config *cfg = config_of(fd);
	size_t size = 0, alignment = 0;
	works(pmem2_config_get_file_size(cfg, &size));
	ck_assert_uint_eq(size, 5000);
	ck_assert_int_eq(ftruncate(fd, 6000), 0);
	works(pmem2_config_get_file_size(cfg, &size));
	ck_assert_uint_eq(size, 6000);
	works(pmem2_config_get_alignment(cfg, &alignment));
	ck_assert_uint_eq(alignment, PAGE);
	close(fd);
	fails(pmem2_config_get_file_size(cfg, &size), PMEM2_E_INVALID_FILE_HANDLE);
}
END_TEST

START_TEST(map_without_a_granularity_accepts_any)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map;
		setenv("PMEM2_FORCE_GRANULARITY", api_forced[g], 1);
		works(pmem2_map(cfg, &map));
		ck_assert_int_eq(pmem2_map_get_store_granularity(map), api_granularity(g));
		works(pmem2_unmap(&map));
	}
}
END_TEST

START_TEST(map_with_a_granularity_is_as_map_new)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	struct pmem2_map *map = (struct pmem2_map *)cfg;
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE));
	fails(pmem2_map(cfg, &map), PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	ck_assert_ptr_null(map);
}
END_TEST

START_TEST(map_judges_as_map_new)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	struct pmem2_map *map;
	works(pmem2_config_set_offset(cfg, 1));
	fails(pmem2_map(cfg, &map), PMEM2_E_OFFSET_UNALIGNED);
	works(pmem2_config_set_offset(cfg, 0));
	works(pmem2_config_set_length(cfg, 2 * PAGE));
	fails(pmem2_map(cfg, &map), PMEM2_E_MAP_RANGE);
	works(pmem2_config_set_length(cfg, 0));
	works(pmem2_config_set_fd(cfg, api_file(0)));
	fails(pmem2_map(cfg, &map), PMEM2_E_SOURCE_EMPTY);
}
END_TEST

START_TEST(last_fd_set_wins)
{
	int first = api_file(PAGE), last = api_file(3 * PAGE);
	struct pmem2_config *cfg = config_of(first);
	works(pmem2_config_set_fd(cfg, last));
	struct pmem2_map *map;
	works(pmem2_map(cfg, &map));
	ck_assert_uint_eq(pmem2_map_get_size(map), 3 * PAGE);
	char *addr = pmem2_map_get_address(map);
	pmem2_get_memcpy_fn(map)(addr, "last", 4, 0);
	ck_assert_int_eq(api_byte(last, 0), 'l');
	ck_assert_int_eq(api_byte(first, 0), 0);
}
END_TEST

START_TEST(map_new_does_not_take_the_configs_fd)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, cfg, api_anon(PAGE)), PMEM2_E_GRANULARITY_NOT_SET);
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	map = api_map(cfg, api_source(api_file(2 * PAGE)));
	ck_assert_uint_eq(pmem2_map_get_size(map), 2 * PAGE);
}
END_TEST

START_TEST(unmap_leaves_null_and_nothing_mapped)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	struct pmem2_map *map;
	works(pmem2_map(cfg, &map));
	void *addr = pmem2_map_get_address(map);
	works(pmem2_unmap(&map));
	ck_assert_ptr_null(map);
	ck_assert(api_is_free(addr, PAGE));
}
END_TEST

START_TEST(unmap_of_what_is_not_registered_is_mapping_not_found)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	struct pmem2_map *map;
	works(pmem2_map(cfg, &map));
	/* what a program holds that kept a map after it was unmapped, but no freed memory */
	size_t size = malloc_usable_size(map);
	struct pmem2_map *gone = malloc(size);
	memcpy(gone, map, size);
	fails(pmem2_unmap(&gone), PMEM2_E_MAPPING_NOT_FOUND);
	works(pmem2_unmap(&map));
	fails(pmem2_unmap(&gone), PMEM2_E_MAPPING_NOT_FOUND);
	ck_assert_ptr_nonnull(gone);
}
END_TEST

START_TEST(unmap_answers_einval_of_munmap)
{
	struct pmem2_config *cfg = config_of(api_file(PAGE));
	struct pmem2_map *map;
	works(pmem2_map(cfg, &map));
	fail_munmap(EINVAL, 1, 0);
	fails(pmem2_unmap(&map), -EINVAL);
	says("munmap: Invalid argument");
}
END_TEST

START_TEST(fd_is_neither_duplicated_nor_closed)
{
	int fd = api_file(PAGE), before = api_count_fds();
	struct pmem2_config *cfg = config_of(fd);
	struct pmem2_map *map;
	works(pmem2_map(cfg, &map));
	ck_assert_int_eq(api_count_fds(), before);
	works(pmem2_unmap(&map));
	works(pmem2_config_delete(&cfg));
	ck_assert_int_eq(api_count_fds(), before);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
}
END_TEST

API_MAIN("legacy", without_an_fd_file_handle_is_not_set, set_fd_validates_as_source_from_fd,
	a_refused_fd_keeps_the_old_one, a_negative_fd_unsets_it_again,
	file_size_and_alignment_are_those_of_the_file, map_without_a_granularity_accepts_any,
	map_with_a_granularity_is_as_map_new, map_judges_as_map_new, last_fd_set_wins,
	map_new_does_not_take_the_configs_fd, unmap_leaves_null_and_nothing_mapped,
	unmap_of_what_is_not_registered_is_mapping_not_found, unmap_answers_einval_of_munmap,
	fd_is_neither_duplicated_nor_closed)
