/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * map_existing.c -- maps of memory that the program mapped itself.
 */
#include "api.h"

static char *pages(size_t n)
{
	char *addr =
		mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(addr, MAP_FAILED);
	return addr;
}

static struct pmem2_map *existing(void *addr, size_t size)
{
	struct pmem2_map *map;
	works(pmem2_map_from_existing(&map, api_anon(size), addr, size, api_line()));
	return map;
}

START_TEST(answers_what_it_was_told)
{
	char *addr = pages(1);
	for (size_t i = 0; i < api_forced_count(); i++) {
		struct pmem2_map *map;
		works(pmem2_map_from_existing(&map, api_source(api_file(PAGE)), addr, PAGE,
			api_granularity(i)));
		ck_assert_ptr_eq(pmem2_map_get_address(map), addr);
		ck_assert_uint_eq(pmem2_map_get_size(map), PAGE);
		ck_assert_int_eq(pmem2_map_get_store_granularity(map), api_granularity(i));
		works(pmem2_map_delete(&map));
		ck_assert_ptr_null(map);
	}
}
END_TEST

START_TEST(address_and_length_are_not_validated)
{
	char *addr = pages(4);
	existing(addr + 3, 17);
	existing(addr + 100, 10 * PAGE);
	existing((void *)(uintptr_t)PAGE, 1);
	existing((void *)(uintptr_t)0x7000, 5000);
}
END_TEST

static void overlaps(void *addr, size_t size)
{
	int somewhere;
	struct pmem2_map *before = (struct pmem2_map *)&somewhere, *map = before;
	fails(pmem2_map_from_existing(&map, api_anon(size), addr, size, api_line()),
		api_manual(PMEM2_E_MAPPING_EXISTS, -100034));
	ck_assert_ptr_eq(map, before);
}

START_TEST(overlap_is_mapping_exists_and_the_map_untouched)
{
	char *addr = pages(8);
	existing(addr + 2 * PAGE, 2 * PAGE);
	overlaps(addr + 2 * PAGE, 2 * PAGE);
	overlaps(addr, 8 * PAGE);
	overlaps(addr + PAGE, PAGE + 1);
	overlaps(addr + 4 * PAGE - 1, 1);
	overlaps(addr + 3 * PAGE, 1);
}
END_TEST

START_TEST(overlap_with_any_registered_map)
{
	struct pmem2_map *map = api_map_file(PAGE);
	overlaps(pmem2_map_get_address(map), PAGE);
	overlaps((char *)pmem2_map_get_address(map) + 100, 1);
	struct pmem2_config *cfg = api_config();
	map = api_map(cfg, api_anon(PAGE));
	overlaps(pmem2_map_get_address(map), PAGE);
	works(pmem2_config_set_vm_reservation(cfg, api_reserve(PAGE), 0));
	map = api_map(cfg, api_source(api_file(PAGE)));
	overlaps(pmem2_map_get_address(map), 1);
	works(pmem2_map_delete(&map));
}
END_TEST

START_TEST(adjacent_is_fine)
{
	char *addr = pages(8);
	existing(addr + 100, 100);
	existing(addr + 200, 1);
	existing(addr + 99, 1);
	existing(addr + 201, 2000);
}
END_TEST

START_TEST(length_0_overlaps_nothing)
{
	char *addr = pages(8);
	existing(addr + PAGE, 2 * PAGE);
	struct pmem2_map *map = existing(addr + PAGE, 0);
	ck_assert_uint_eq(pmem2_map_get_size(map), 0);
	works(pmem2_map_delete(&map));
	existing(addr + 2 * PAGE, 0);
	existing(addr + 3 * PAGE, 0);
}
END_TEST

START_TEST(the_place_is_free_again_after_delete)
{
	char *addr = pages(1);
	for (int i = 0; i < 3; i++) {
		struct pmem2_map *map = existing(addr, PAGE);
		works(pmem2_map_delete(&map));
	}
}
END_TEST

START_TEST(delete_does_not_unmap)
{
	char *addr = pages(1);
	struct pmem2_map *map = existing(addr, PAGE);
	strcpy(addr, "kept");
	works(pmem2_map_delete(&map));
	ck_assert_str_eq(addr, "kept");
}
END_TEST

START_TEST(inside_a_reservation_it_does_not_occupy_it)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_map *map, *found;
	map = existing(pmem2_vm_reservation_get_address(rsv), PAGE);
	fails(pmem2_vm_reservation_map_find_first(rsv, &found), PMEM2_E_MAPPING_NOT_FOUND);
	fails(pmem2_vm_reservation_map_find(rsv, 0, 0, &found), PMEM2_E_MAPPING_NOT_FOUND);
	works(pmem2_vm_reservation_shrink(rsv, 0, PAGE));
	works(pmem2_map_delete(&map));
	map = existing(pmem2_vm_reservation_get_address(rsv), PAGE);
	works(pmem2_vm_reservation_delete(&rsv));
	works(pmem2_map_delete(&map));
}
END_TEST

START_TEST(its_functions_are_those_of_its_granularity)
{
	struct pmem2_map *map, *own = existing(pages(1), PAGE);
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	map = api_map_forced("CACHE_LINE", PAGE);
	ck_assert(pmem2_get_persist_fn(map) == pmem2_get_persist_fn(own));
	ck_assert(pmem2_get_memcpy_fn(map) == pmem2_get_memcpy_fn(own));
	char *addr = pmem2_map_get_address(own);
	ck_assert_ptr_eq(pmem2_get_memset_fn(own)(addr, 'x', PAGE, 0), addr);
	pmem2_get_persist_fn(own)(addr, PAGE);
	ck_assert_int_eq(addr[PAGE - 1], 'x');
}
END_TEST

START_TEST(page_persist_works)
{
	int fd = api_file(2 * PAGE);
	char *addr = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct pmem2_map *map;
	works(pmem2_map_from_existing(&map, api_source(fd), addr, 2 * PAGE,
		PMEM2_GRANULARITY_PAGE));
	addr[PAGE + 1] = 'x';
	pmem2_get_persist_fn(map)(addr, 2 * PAGE);
	pmem2_get_persist_fn(map)(addr + 17, 1);
	works(pmem2_deep_flush(map, addr, 2 * PAGE));
	ck_assert_int_eq(api_byte(fd, PAGE + 1), 'x');
}
END_TEST

START_TEST(a_bad_granularity_is_an_error)
{
	int somewhere;
	struct pmem2_map *before = (struct pmem2_map *)&somewhere, *map = before;
	fails(pmem2_map_from_existing(&map, api_anon(PAGE), pages(1), PAGE,
		      (enum pmem2_granularity)3),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	ck_assert_ptr_eq(map, before);
}
END_TEST

START_TEST(a_length_that_wraps_ends_with_the_address_space)
{
	char *addr = pages(8);
	const size_t lengths[] = {SIZE_MAX, -(size_t)addr, SIZE_MAX / 2 + 1};
	struct pmem2_map *below = existing(addr, PAGE);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct pmem2_map *wide = existing(addr + 2 * PAGE, lengths[i]);
		ck_assert_uint_eq(pmem2_map_get_size(wide), lengths[i]);
		overlaps(addr + 4 * PAGE, PAGE);
		works(pmem2_map_delete(&wide));
		struct pmem2_map *inside = existing(addr + 4 * PAGE, PAGE);
		works(pmem2_map_delete(&inside));
	}
	works(pmem2_map_delete(&below));

	struct pmem2_map *failed = existing(MAP_FAILED, PAGE);
	works(pmem2_map_delete(&failed));
}
END_TEST

API_MAIN("map_existing", answers_what_it_was_told, address_and_length_are_not_validated,
	overlap_is_mapping_exists_and_the_map_untouched, overlap_with_any_registered_map,
	adjacent_is_fine, length_0_overlaps_nothing, the_place_is_free_again_after_delete,
	delete_does_not_unmap, inside_a_reservation_it_does_not_occupy_it,
	its_functions_are_those_of_its_granularity, page_persist_works,
	a_bad_granularity_is_an_error, a_length_that_wraps_ends_with_the_address_space)
