/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * config.c -- configs: defaults, and values that are refused.
 */
#include "api.h"

START_TEST(default_granularity_is_unset)
{
	struct pmem2_config *cfg;
	struct pmem2_map *map;
	works(pmem2_config_new(&cfg));
	fails(pmem2_map_new(&map, cfg, api_anon(PAGE)), PMEM2_E_GRANULARITY_NOT_SET);
	says("pmem2_config_set_required_store_granularity");
}
END_TEST

START_TEST(default_is_shared)
{
	int fd = api_file(PAGE);
	struct pmem2_map *map = api_map(api_config(), api_source(fd));
	memset(pmem2_map_get_address(map), 'x', 1);
	ck_assert_int_eq(api_byte(fd, 0), 'x');
}
END_TEST

START_TEST(default_is_readable_and_writable)
{
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert(api_has_prot(pmem2_map_get_address(map), "rw-s"));
}
END_TEST

START_TEST(default_is_from_the_start_to_the_end)
{
	int fd = api_file(3 * PAGE);
	ck_assert_int_eq(pwrite(fd, "first", 5, 0), 5);
	struct pmem2_map *map = api_map(api_config(), api_source(fd));
	ck_assert_uint_eq(pmem2_map_get_size(map), 3 * PAGE);
	ck_assert_int_eq(memcmp(pmem2_map_get_address(map), "first", 5), 0);
}
END_TEST

START_TEST(unknown_granularity_keeps_the_old_one)
{
	struct pmem2_config *cfg = api_config();
	fails(pmem2_config_set_required_store_granularity(cfg, (enum pmem2_granularity)3),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	says("3 ", "PMEM2_GRANULARITY_BYTE");
	fails(pmem2_config_set_required_store_granularity(cfg, (enum pmem2_granularity) - 1),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	api_map(cfg, api_source(api_file(PAGE)));
}
END_TEST

START_TEST(offset_over_int64_max_keeps_the_old_one)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_offset(cfg, PAGE));
	fails(pmem2_config_set_offset(cfg, (size_t)INT64_MAX + 1), PMEM2_E_OFFSET_OUT_OF_RANGE);
	says(decimal((size_t)INT64_MAX + 1), decimal(INT64_MAX));
	fails(pmem2_config_set_offset(cfg, SIZE_MAX), PMEM2_E_OFFSET_OUT_OF_RANGE);
	struct pmem2_map *map = api_map(cfg, api_source(api_file(3 * PAGE)));
	ck_assert_uint_eq(pmem2_map_get_size(map), 2 * PAGE);
	works(pmem2_config_set_offset(cfg, INT64_MAX));
}
END_TEST

START_TEST(unknown_sharing_keeps_the_old_one)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	fails(pmem2_config_set_sharing(cfg, (enum pmem2_sharing_type)7),
		PMEM2_E_INVALID_SHARING_VALUE);
	says("7 ", "PMEM2_SHARED", "PMEM2_PRIVATE");
	struct pmem2_map *map = api_map(cfg, api_source(api_file(PAGE)));
	ck_assert(api_has_prot(pmem2_map_get_address(map), "rw-p"));
}
END_TEST

START_TEST(invalid_protection_keeps_the_old_one)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_protection(cfg, PMEM2_PROT_READ));
	for (unsigned bit = 0; bit < 29; bit++)
		fails(pmem2_config_set_protection(cfg, 1U << bit), PMEM2_E_INVALID_PROT_FLAG);
	fails(pmem2_config_set_protection(cfg, 5), PMEM2_E_INVALID_PROT_FLAG);
	says("0x5 ", "PMEM2_PROT_EXEC");
	fails(pmem2_config_set_protection(cfg, PMEM2_PROT_WRITE | 1), PMEM2_E_INVALID_PROT_FLAG);
	says("0x80000001 ");
	struct pmem2_map *map = api_map(cfg, api_source(api_file(PAGE)));
	ck_assert(api_has_prot(pmem2_map_get_address(map), "r--s"));
}
END_TEST

START_TEST(bits_29_to_31_are_taken_in_any_combination)
{
	struct pmem2_config *cfg = api_config();
	for (unsigned prot = 0; prot < 8; prot++)
		works(pmem2_config_set_protection(cfg, prot << 29));
}
END_TEST

START_TEST(length_and_reservation_are_not_judged)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_length(cfg, SIZE_MAX));
	works(pmem2_config_set_length(cfg, 1));
	works(pmem2_config_set_length(cfg, 0));
	struct pmem2_vm_reservation *rsv = api_reserve(PAGE);
	works(pmem2_config_set_vm_reservation(cfg, rsv, SIZE_MAX));
	works(pmem2_config_set_vm_reservation(cfg, rsv, 1));
	works(pmem2_config_set_vm_reservation(cfg, NULL, 0));
	api_map(cfg, api_source(api_file(PAGE)));
}
END_TEST

START_TEST(config_delete_leaves_null_and_takes_null)
{
	struct pmem2_config *cfg = api_config();
	for (int i = 0; i < 2; i++) {
		works(pmem2_config_delete(&cfg));
		ck_assert_ptr_null(cfg);
	}
}
END_TEST

API_MAIN("config", default_granularity_is_unset, default_is_shared,
	default_is_readable_and_writable, default_is_from_the_start_to_the_end,
	unknown_granularity_keeps_the_old_one, offset_over_int64_max_keeps_the_old_one,
	unknown_sharing_keeps_the_old_one, invalid_protection_keeps_the_old_one,
	bits_29_to_31_are_taken_in_any_combination, length_and_reservation_are_not_judged,
	config_delete_leaves_null_and_takes_null)
