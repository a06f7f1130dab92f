/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * granularity.c -- what a mapping promises: by its kind, by force, and refused; and where it lies.
 */
#include "api.h"
#include "interpose.h"

static enum pmem2_granularity with(const char *forced)
{
	if (forced)
		setenv("PMEM2_FORCE_GRANULARITY", forced, 1);
	else
		unsetenv("PMEM2_FORCE_GRANULARITY");
	struct pmem2_map *map = api_map_file(PAGE);
	enum pmem2_granularity g = pmem2_map_get_store_granularity(map);
	works(pmem2_map_delete(&map));
	return g;
}

START_TEST(ordinary_file_is_page)
{
	ck_assert_int_eq(with(NULL), PMEM2_GRANULARITY_PAGE);
	struct pmem2_map *map = api_map(api_config(), api_source(api_file_in(api_shm(), PAGE)));
	ck_assert_int_eq(pmem2_map_get_store_granularity(map), PMEM2_GRANULARITY_PAGE);
}
END_TEST

START_TEST(private_is_byte_whatever_is_forced)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_BYTE));
	const char *forced[] = {"", "PAGE", "CACHE_LINE"};
	for (size_t i = 0; i < 3; i++) {
		setenv("PMEM2_FORCE_GRANULARITY", forced[i], 1);
		struct pmem2_map *map = api_map(cfg, api_source(api_file(PAGE)));
		ck_assert_int_eq(pmem2_map_get_store_granularity(map), PMEM2_GRANULARITY_BYTE);
	}
}
END_TEST

START_TEST(map_sync_granted_is_cache_line)
{
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	map_sync = SYNC_GRANTED;
	ck_assert_int_eq(with(NULL), PMEM2_GRANULARITY_CACHE_LINE);
	ck_assert_int_eq(with("PAGE"), PMEM2_GRANULARITY_PAGE);
	ck_assert_int_eq(with("BYTE"), PMEM2_GRANULARITY_BYTE);
}
END_TEST

START_TEST(map_sync_refused_with_einval_or_eopnotsupp_falls_back)
{
	const int refusals[] = {EINVAL, EOPNOTSUPP};
	for (size_t i = 0; i < 2; i++) {
		map_sync = refusals[i];
		ck_assert_int_eq(with(NULL), PMEM2_GRANULARITY_PAGE);
	}
}
END_TEST

START_TEST(other_errors_of_map_sync_are_final)
{
	const int errors[] = {ENOMEM, EPERM, EAGAIN, ENODEV};
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(PAGE));
	struct pmem2_map *map;
	for (size_t i = 0; i < 4; i++) {
		map_sync = errors[i];
		fails(pmem2_map_new(&map, cfg, src), -errors[i]);
	}
}
END_TEST

START_TEST(forced_granularity_is_taken_in_any_case)
{
	static const struct {
		const char *value;
		enum pmem2_granularity g;
	} rows[] = {
		{"BYTE", PMEM2_GRANULARITY_BYTE},
		{"byte", PMEM2_GRANULARITY_BYTE},
		{"bYtE", PMEM2_GRANULARITY_BYTE},
		{"CACHE_LINE", PMEM2_GRANULARITY_CACHE_LINE},
		{"cache_line", PMEM2_GRANULARITY_CACHE_LINE},
		{"CACHELINE", PMEM2_GRANULARITY_CACHE_LINE},
		{"CacheLine", PMEM2_GRANULARITY_CACHE_LINE},
		{"PAGE", PMEM2_GRANULARITY_PAGE},
		{"page", PMEM2_GRANULARITY_PAGE},
	};
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_msg(with(rows[i].value) == rows[i].g, "%s", rows[i].value);
}
END_TEST

START_TEST(anything_else_forced_is_ignored)
{
	const char *values[] = {"", "BYTES", "BYT", " BYTE", "BYTE ", "CACHE-LINE", "CACHE LINE",
		"0", "LINE", "PAGE,BYTE"};
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		ck_assert_msg(with(values[i]) == PMEM2_GRANULARITY_PAGE, "'%s'", values[i]);
}
END_TEST

START_TEST(force_is_read_at_every_map_new)
{
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	ck_assert_int_eq(with(NULL), PMEM2_GRANULARITY_PAGE);
	ck_assert_int_eq(with("BYTE"), PMEM2_GRANULARITY_BYTE);
	ck_assert_int_eq(with("CACHE_LINE"), PMEM2_GRANULARITY_CACHE_LINE);
	ck_assert_int_eq(with(NULL), PMEM2_GRANULARITY_PAGE);
}
END_TEST

/* maps a file with that granularity required and that one forced */
static int require(enum pmem2_granularity g, const char *forced)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_required_store_granularity(cfg, g));
	if (forced)
		setenv("PMEM2_FORCE_GRANULARITY", forced, 1);
	struct pmem2_map *map;
	int ret = pmem2_map_new(&map, cfg, api_source(api_file(PAGE)));
	unsetenv("PMEM2_FORCE_GRANULARITY");
	return ret;
}

START_TEST(finer_than_it_is_is_refused)
{
	const int refused = PMEM2_E_GRANULARITY_NOT_SUPPORTED;
	fails(require(PMEM2_GRANULARITY_CACHE_LINE, NULL), refused);
	says("CACHE_LINE", "PAGE", "MAP_SYNC", "DAX");
	fails(require(PMEM2_GRANULARITY_BYTE, "CACHE_LINE"), refused);
	says("BYTE", "CACHE_LINE", "PMEM2_FORCE_GRANULARITY");
	fails(require(PMEM2_GRANULARITY_CACHE_LINE, "PAGE"), refused);
}
END_TEST

START_TEST(byte_refused_at_page)
{
	fails(require(PMEM2_GRANULARITY_BYTE, NULL), PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	says("BYTE is required", "Require");
}
END_TEST

START_TEST(coarser_than_it_is_is_fine)
{
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	works(require(PMEM2_GRANULARITY_PAGE, "CACHE_LINE"));
	works(require(PMEM2_GRANULARITY_PAGE, "BYTE"));
	works(require(PMEM2_GRANULARITY_CACHE_LINE, "BYTE"));
	works(require(PMEM2_GRANULARITY_BYTE, "BYTE"));
}
END_TEST

static void lies_on(size_t size, size_t alignment, bool keep)
{
	struct pmem2_map *map = api_map_file(size);
	ck_assert_uint_eq((uintptr_t)pmem2_map_get_address(map) % alignment, 0);
	if (!keep)
		works(pmem2_map_delete(&map));
}

START_TEST(files_of_2_mib_are_aligned_to_2_mib)
{
	for (int i = 0; i < 8; i++) {
		lies_on(2 * MiB, 2 * MiB, true);
		lies_on(PAGE, PAGE, true);
		lies_on(5 * MiB + 17, 2 * MiB, true);
	}
	lies_on(GiB, 2 * MiB, false);
	lies_on(2 * GiB - PAGE, 2 * MiB, false);
}
END_TEST

START_TEST(files_of_2_gib_are_aligned_to_1_gib)
{
	for (int i = 0; i < 3; i++) {
		lies_on(2 * GiB, GiB, true);
		lies_on(PAGE, PAGE, true);
		lies_on(3 * GiB + 17, GiB, true);
	}
}
END_TEST

START_TEST(a_part_of_2_mib_is_aligned_to_2_mib)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(6 * MiB));
	works(pmem2_config_set_offset(cfg, MiB));
	works(pmem2_config_set_length(cfg, 3 * MiB));
	for (int i = 0; i < 4; i++) {
		struct pmem2_map *map = api_map(cfg, src);
		ck_assert_uint_eq((uintptr_t)pmem2_map_get_address(map) % (2 * MiB), 0);
	}
}
END_TEST

START_TEST(nothing_beside_the_mapping_is_left_mapped)
{
	struct pmem2_map *map = api_map_file(2 * MiB);
	char *addr = pmem2_map_get_address(map);
	works(pmem2_map_delete(&map));
	ck_assert(api_is_free(addr, 2 * MiB));
	map = api_map_file(5 * MiB);
	addr = pmem2_map_get_address(map);
	works(pmem2_map_delete(&map));
	ck_assert(api_is_free(addr, 5 * MiB));
}
END_TEST

API_MAIN("granularity", ordinary_file_is_page, private_is_byte_whatever_is_forced,
	map_sync_granted_is_cache_line, map_sync_refused_with_einval_or_eopnotsupp_falls_back,
	other_errors_of_map_sync_are_final, forced_granularity_is_taken_in_any_case,
	anything_else_forced_is_ignored, force_is_read_at_every_map_new,
	finer_than_it_is_is_refused, byte_refused_at_page, coarser_than_it_is_is_fine,
	files_of_2_mib_are_aligned_to_2_mib, files_of_2_gib_are_aligned_to_1_gib,
	a_part_of_2_mib_is_aligned_to_2_mib, nothing_beside_the_mapping_is_left_mapped)
