/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * map.c -- pmem2_map_new: what it judges, in which order, and what it makes.
 */
#include "api.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

/* A mapping that is to fail; what is not named is in order. */
struct attempt {
	size_t file, offset, length;
	struct pmem2_vm_reservation *rsv;
	size_t rsv_offset;
	enum pmem2_granularity granularity;
	bool unset, read_only;
	int code;
};

static void try(const struct attempt *a)
{
	struct pmem2_config *cfg;
	works(pmem2_config_new(&cfg));
	if (!a->unset)
		works(pmem2_config_set_required_store_granularity(cfg, a->granularity));
	works(pmem2_config_set_offset(cfg, a->offset));
	works(pmem2_config_set_length(cfg, a->length));
	works(pmem2_config_set_vm_reservation(cfg, a->rsv, a->rsv_offset));
	int fd = api_file(a->file);
	struct pmem2_source *src = api_source(a->read_only ? api_reopen(fd, O_RDONLY) : fd);
	int somewhere;
	struct pmem2_map *map = (struct pmem2_map *)&somewhere;
	fails(pmem2_map_new(&map, cfg, src), a->code);
	ck_assert_ptr_null(map);
	if (a->rsv) {
		char *start = pmem2_vm_reservation_get_address(a->rsv);
		ck_assert(api_has_prot(start, "---p"));
	}
}

static const enum pmem2_granularity page = PMEM2_GRANULARITY_PAGE;

START_TEST(granularity_not_set_comes_first)
{
	try(&(struct attempt){.unset = true,
		.file = 0,
		.offset = 1,
		.length = 1,
		.code = PMEM2_E_GRANULARITY_NOT_SET});
	says("pmem2_config_set_required_store_granularity");
}
END_TEST

START_TEST(size_comes_before_offset_unaligned)
{
	int fd = api_file(PAGE);
	struct pmem2_source *src = api_source(fd);
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map;
	works(pmem2_config_set_offset(cfg, 1));
	close(fd);
	fails(pmem2_map_new(&map, cfg, src), PMEM2_E_INVALID_FILE_HANDLE);
}
END_TEST

START_TEST(offset_unaligned_comes_before_source_empty)
{
	try(&(struct attempt){.file = 0,
		.offset = 1,
		.length = 1,
		.granularity = page,
		.code = PMEM2_E_OFFSET_UNALIGNED});
	says("offset 1 ", decimal(PAGE));
}
END_TEST

START_TEST(source_empty_comes_before_length_unaligned)
{
	try(&(struct attempt){.file = 0,
		.length = 1,
		.granularity = page,
		.code = PMEM2_E_SOURCE_EMPTY});
	says("0 bytes", "posix_fallocate");
}
END_TEST

START_TEST(length_unaligned_comes_before_map_range)
{
	try(&(struct attempt){.file = PAGE,
		.offset = PAGE,
		.length = PAGE + 1,
		.granularity = page,
		.code = PMEM2_E_LENGTH_UNALIGNED});
	says("length", decimal(PAGE));
}
END_TEST

START_TEST(map_range_comes_before_the_reservation)
{
	try(&(struct attempt){.file = PAGE,
		.length = 2 * PAGE,
		.granularity = page,
		.rsv = api_reserve(PAGE),
		.rsv_offset = 1,
		.code = PMEM2_E_MAP_RANGE});
	says(decimal(2 * PAGE), decimal(PAGE));
}
END_TEST

START_TEST(the_reservation_comes_before_mmap)
{
	try(&(struct attempt){.file = PAGE,
		.granularity = page,
		.read_only = true,
		.rsv = api_reserve(PAGE),
		.rsv_offset = 1,
		.code = PMEM2_E_OFFSET_UNALIGNED});
}
END_TEST

START_TEST(mmap_comes_before_the_granularity)
{
	try(&(struct attempt){.file = PAGE,
		.granularity = PMEM2_GRANULARITY_BYTE,
		.read_only = true,
		.code = PMEM2_E_NO_ACCESS});
}
END_TEST

START_TEST(the_granularity_comes_last_with_everything_undone)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	int before = api_count_fds();
	try(&(struct attempt){.file = PAGE,
		.granularity = PMEM2_GRANULARITY_CACHE_LINE,
		.rsv = rsv,
		.code = PMEM2_E_GRANULARITY_NOT_SUPPORTED});
	ck_assert_int_eq(api_count_fds(), before + 1); /* the file itself */
	struct pmem2_map *map;
	fails(pmem2_vm_reservation_map_find_first(rsv, &map), PMEM2_E_MAPPING_NOT_FOUND);
	works(pmem2_vm_reservation_delete(&rsv));
}
END_TEST

START_TEST(overflow_of_offset_and_length_is_map_range)
{
	try(&(struct attempt){.file = PAGE,
		.offset = (size_t)INT64_MAX + 1 - PAGE,
		.length = SIZE_MAX - PAGE + 1,
		.granularity = page,
		.code = PMEM2_E_MAP_RANGE});
	says(decimal((size_t)INT64_MAX + 1 - PAGE), decimal(SIZE_MAX - PAGE + 1));
}
END_TEST

START_TEST(length_0_on_a_file_of_odd_size_maps_it)
{
	struct pmem2_map *map = api_map_file(5000);
	ck_assert_uint_eq(pmem2_map_get_size(map), 5000);
	ck_assert_uint_eq((uintptr_t)pmem2_map_get_address(map) % PAGE, 0);
	memset(pmem2_map_get_address(map), 1, 5000);
	works(pmem2_map_delete(&map));
}
END_TEST

START_TEST(an_explicit_odd_length_is_an_error)
{
	try(&(struct attempt){.file = 5000,
		.length = 5000,
		.granularity = page,
		.code = PMEM2_E_LENGTH_UNALIGNED});
	try(&(struct attempt){.file = 5000,
		.length = 2 * PAGE,
		.granularity = page,
		.code = PMEM2_E_MAP_RANGE});
}
END_TEST

START_TEST(offset_at_the_end_with_length_0_is_einval)
{
	try(&(struct attempt){.file = PAGE, .offset = PAGE, .granularity = page, .code = -EINVAL});
}
END_TEST

START_TEST(offset_past_the_end_is_map_range)
{
	try(&(struct attempt){.file = PAGE,
		.offset = 2 * PAGE,
		.granularity = page,
		.code = PMEM2_E_MAP_RANGE});
}
END_TEST

START_TEST(offset_and_length_choose_the_part)
{
	int fd = api_file(5 * PAGE);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_offset(cfg, PAGE));
	works(pmem2_config_set_length(cfg, 2 * PAGE));
	struct pmem2_map *map = api_map(cfg, api_source(fd));
	ck_assert_uint_eq(pmem2_map_get_size(map), 2 * PAGE);
	char *addr = pmem2_map_get_address(map);
	addr[0] = 'f';
	addr[2 * PAGE - 1] = 'l';
	ck_assert_int_eq(api_byte(fd, PAGE), 'f');
	ck_assert_int_eq(api_byte(fd, 3 * PAGE - 1), 'l');
	ck_assert(!strcmp(addr + 1, ""));
}
END_TEST

START_TEST(file_size_is_read_when_it_is_mapped)
{
	int fd = api_file(PAGE);
	struct pmem2_source *src = api_source(fd);
	ck_assert_int_eq(ftruncate(fd, (off_t)(3 * PAGE)), 0);
	ck_assert_uint_eq(pmem2_map_get_size(api_map(api_config(), src)), 3 * PAGE);
}
END_TEST

START_TEST(anonymous_offset_is_ignored_but_checked)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_anon(2 * PAGE);
	struct pmem2_map *map;
	works(pmem2_config_set_offset(cfg, 1));
	fails(pmem2_map_new(&map, cfg, src), PMEM2_E_OFFSET_UNALIGNED);
	works(pmem2_config_set_offset(cfg, PAGE));
	map = api_map(cfg, src);
	ck_assert_uint_eq(pmem2_map_get_size(map), 2 * PAGE);
	works(pmem2_config_set_offset(cfg, 3 * PAGE));
	fails(pmem2_map_new(&map, cfg, src), PMEM2_E_MAP_RANGE);
}
END_TEST

START_TEST(anonymous_is_byte_whatever_is_forced)
{
	const char *forced[] = {"PAGE", "CACHE_LINE", "BYTE"};
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_BYTE));
	for (size_t i = 0; i < 3; i++) {
		setenv("PMEM2_FORCE_GRANULARITY", forced[i], 1);
		struct pmem2_map *map = api_map(cfg, api_anon(PAGE));
		ck_assert_int_eq(pmem2_map_get_store_granularity(map), PMEM2_GRANULARITY_BYTE);
		ck_assert_str_eq(pmem2_map_get_address(map), "");
	}
}
END_TEST

START_TEST(anonymous_of_size_0_needs_a_length)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, cfg, api_anon(0)), PMEM2_E_SOURCE_EMPTY);
}
END_TEST

static void map_prot(int fd, unsigned prot, enum pmem2_sharing_type sharing, int code)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_protection(cfg, prot));
	works(pmem2_config_set_sharing(cfg, sharing));
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, cfg, api_source(fd)), code);
}

START_TEST(read_only_fd_with_write_and_shared_is_no_access)
{
	int fd = api_reopen(api_file(PAGE), O_RDONLY);
	const unsigned rw = PMEM2_PROT_READ | PMEM2_PROT_WRITE;
	map_prot(fd, rw, PMEM2_SHARED, PMEM2_E_NO_ACCESS);
	says("mmap: Permission denied");
	map_prot(fd, PMEM2_PROT_WRITE, PMEM2_SHARED, PMEM2_E_NO_ACCESS);
	map_prot(fd, rw, PMEM2_PRIVATE, 0);
	map_prot(fd, PMEM2_PROT_READ, PMEM2_SHARED, 0);
	map_prot(fd, PMEM2_PROT_NONE, PMEM2_SHARED, 0);
}
END_TEST

START_TEST(append_only_file_is_eacces)
{
	int fd = api_file(PAGE), flags = FS_APPEND_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags))
		cannot("chattr +a needs root and a file system that has it");
	const unsigned rw = PMEM2_PROT_READ | PMEM2_PROT_WRITE;
	const int refused = api_manual(-EACCES, PMEM2_E_NO_ACCESS);
	map_prot(fd, rw, PMEM2_SHARED, refused);
	map_prot(fd, PMEM2_PROT_READ, PMEM2_SHARED, refused);
	map_prot(api_reopen(fd, O_RDWR | O_APPEND), rw, PMEM2_SHARED, refused);
	int read_only = api_reopen(fd, O_RDONLY);
	map_prot(read_only, rw, PMEM2_SHARED, PMEM2_E_NO_ACCESS);
	map_prot(read_only, PMEM2_PROT_READ, PMEM2_SHARED, 0);
	map_prot(fd, rw, PMEM2_PRIVATE, 0);
}
END_TEST

START_TEST(protection_is_that_of_the_mapping)
{
	static const struct {
		unsigned prot;
		const char *seen;
	} rows[] = {
		{PMEM2_PROT_NONE, "---s"},
		{PMEM2_PROT_READ, "r--s"},
		{PMEM2_PROT_WRITE, "-w-s"},
		{PMEM2_PROT_EXEC, "--xs"},
		{PMEM2_PROT_READ | PMEM2_PROT_EXEC, "r-xs"},
		{PMEM2_PROT_READ | PMEM2_PROT_WRITE | PMEM2_PROT_EXEC, "rwxs"},
	};
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(PAGE));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		works(pmem2_config_set_protection(cfg, rows[i].prot));
		struct pmem2_map *map = api_map(cfg, src);
		ck_assert(api_has_prot(pmem2_map_get_address(map), rows[i].seen));
		works(pmem2_map_delete(&map));
	}
}
END_TEST

START_TEST(private_stores_stay_in_the_process)
{
	int fd = api_file(PAGE);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	struct pmem2_map *map = api_map(cfg, api_source(fd));
	pmem2_get_memset_fn(map)(pmem2_map_get_address(map), 'x', PAGE, 0);
	pmem2_get_persist_fn(map)(pmem2_map_get_address(map), PAGE);
	ck_assert_int_eq(api_byte(fd, 0), 0);
}
END_TEST

START_TEST(map_outlives_fd_source_and_config)
{
	int fd = api_file(PAGE);
	int again = api_reopen(fd, O_RDONLY);
	struct pmem2_source *src = api_source(fd);
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map = api_map(cfg, src);
	works(pmem2_source_delete(&src));
	works(pmem2_config_delete(&cfg));
	close(fd);
	char *addr = pmem2_map_get_address(map);
	addr[7] = 'x';
	pmem2_get_persist_fn(map)(addr, PAGE);
	works(pmem2_deep_flush(map, addr, PAGE));
	ck_assert_int_eq(api_byte(again, 7), 'x');
	works(pmem2_map_delete(&map));
}
END_TEST

START_TEST(delete_unmaps_and_leaves_null)
{
	struct pmem2_map *map = api_map_file(5000);
	void *addr = pmem2_map_get_address(map);
	works(pmem2_map_delete(&map));
	ck_assert_ptr_null(map);
	ck_assert(api_is_free(addr, 2 * PAGE));
}
END_TEST

START_TEST(delete_works_after_the_users_own_munmap)
{
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert_int_eq(munmap(pmem2_map_get_address(map), PAGE), 0);
	works(pmem2_map_delete(&map));
	ck_assert_ptr_null(map);
}
END_TEST

API_MAIN("map", granularity_not_set_comes_first, size_comes_before_offset_unaligned,
	offset_unaligned_comes_before_source_empty, source_empty_comes_before_length_unaligned,
	length_unaligned_comes_before_map_range, map_range_comes_before_the_reservation,
	the_reservation_comes_before_mmap, mmap_comes_before_the_granularity,
	the_granularity_comes_last_with_everything_undone,
	overflow_of_offset_and_length_is_map_range, length_0_on_a_file_of_odd_size_maps_it,
	an_explicit_odd_length_is_an_error, offset_at_the_end_with_length_0_is_einval,
	offset_past_the_end_is_map_range, offset_and_length_choose_the_part,
	file_size_is_read_when_it_is_mapped, anonymous_offset_is_ignored_but_checked,
	anonymous_is_byte_whatever_is_forced, anonymous_of_size_0_needs_a_length,
	read_only_fd_with_write_and_shared_is_no_access, append_only_file_is_eacces,
	protection_is_that_of_the_mapping, private_stores_stay_in_the_process,
	map_outlives_fd_source_and_config, delete_unmaps_and_leaves_null,
	delete_works_after_the_users_own_munmap)
