/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vm_resize.c -- reservations that are extended and shrunk, and the maps found in them.
 */
#include "api.h"

static struct pmem2_map *map_at(struct pmem2_vm_reservation *rsv, size_t offset, size_t size)
{
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_vm_reservation(cfg, rsv, offset));
	return api_map(cfg, api_source(api_file(size)));
}

static char *start_of(struct pmem2_vm_reservation *rsv)
{
	return pmem2_vm_reservation_get_address(rsv);
}

/* What sizes count in: pages, or 2 MiB where PMDK leaves 2 MiB of padding around. */
static size_t unit;

/* a reservation of n units with free memory around it */
static struct pmem2_vm_reservation *with_room(size_t n)
{
	if (!unit)
		unit = PAGE;
	char *addr = mmap(NULL, 64 * MiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(addr, MAP_FAILED);
	ck_assert_int_eq(munmap(addr, 64 * MiB), 0);
	addr += 4 * MiB - (uintptr_t)addr % (2 * MiB);
	struct pmem2_vm_reservation *rsv;
	works(pmem2_vm_reservation_new(&rsv, addr, n * unit));
	return rsv;
}

static void is(struct pmem2_vm_reservation *rsv, char *start, size_t n)
{
	ck_assert_ptr_eq(start_of(rsv), start);
	ck_assert_uint_eq(pmem2_vm_reservation_get_size(rsv), n * unit);
}

START_TEST(extend_makes_it_longer)
{
	struct pmem2_vm_reservation *rsv = with_room(4);
	char *start = start_of(rsv);
	works(pmem2_vm_reservation_extend(rsv, 2 * PAGE));
	is(rsv, start, 6);
	ck_assert(api_has_prot(start + 5 * PAGE, "---p"));
	map_at(rsv, 5 * PAGE, PAGE);
}
END_TEST

START_TEST(extend_by_less_than_a_page_is_length_unaligned)
{
	struct pmem2_vm_reservation *rsv = with_room(4);
	char *start = start_of(rsv);
	fails(pmem2_vm_reservation_extend(rsv, 1), PMEM2_E_LENGTH_UNALIGNED);
	fails(pmem2_vm_reservation_extend(rsv, PAGE + 8), PMEM2_E_LENGTH_UNALIGNED);
	is(rsv, start, 4);
}
END_TEST

START_TEST(extend_by_0_is_fine)
{
	struct pmem2_vm_reservation *rsv = with_room(4);
	char *start = start_of(rsv);
	works(pmem2_vm_reservation_extend(rsv, 0));
	is(rsv, start, 4);
}
END_TEST

static void extend_into_occupied(size_t in)
{
	unit = in;
	struct pmem2_vm_reservation *rsv = with_room(4);
	char *start = start_of(rsv), *end = start + 4 * unit;
	char *other = mmap(end + unit, unit, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ck_assert_ptr_eq(other, end + unit);
	fails(pmem2_vm_reservation_extend(rsv, 2 * unit), PMEM2_E_MAPPING_EXISTS);
	is(rsv, start, 4);
	ck_assert(api_has_prot(other, "r--p"));
}

START_TEST(extend_into_occupied_memory_is_mapping_exists_and_changes_nothing)
{
	extend_into_occupied(2 * MiB);
}
END_TEST

START_TEST(extend_into_occupied_memory_by_pages)
{
	extend_into_occupied(PAGE);
}
END_TEST

START_TEST(shrink_judges_in_its_order)
{
	static const struct {
		size_t offset, size; /* in bytes; a reservation of 8 pages */
		int code;
	} rows[] = {
		{1, 1, PMEM2_E_OFFSET_UNALIGNED},
		{8 * 4096 + 1, 1, PMEM2_E_OFFSET_UNALIGNED},
		{8 * 4096, 1, PMEM2_E_LENGTH_UNALIGNED},
		{0, 4097, PMEM2_E_LENGTH_UNALIGNED},
		{8 * 4096, 0, PMEM2_E_OFFSET_OUT_OF_RANGE},
		{9 * 4096, 4096, PMEM2_E_OFFSET_OUT_OF_RANGE},
		{0, 0, PMEM2_E_LENGTH_OUT_OF_RANGE},
		{4096, 0, PMEM2_E_LENGTH_OUT_OF_RANGE},
		{0, 9 * 4096, PMEM2_E_LENGTH_OUT_OF_RANGE},
		{4096, 8 * 4096, PMEM2_E_LENGTH_OUT_OF_RANGE},
		{4096, 4096, PMEM2_E_NOSUPP},
		{0, 8 * 4096, PMEM2_E_NOSUPP},
		{0, 4096, PMEM2_E_VM_RESERVATION_NOT_EMPTY},
		{6 * 4096, 2 * 4096, PMEM2_E_VM_RESERVATION_NOT_EMPTY},
	};
	if (PAGE != 4096)
		cannot("the table is made for pages of 4 KiB");
	struct pmem2_vm_reservation *rsv = with_room(8);
	char *start = start_of(rsv);
	map_at(rsv, 0, 2 * PAGE);
	map_at(rsv, 6 * PAGE, 2 * PAGE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int ret = pmem2_vm_reservation_shrink(rsv, rows[i].offset, rows[i].size);
		ck_assert_msg(ret == rows[i].code, "row %zu: %d (%s), not %d", i, ret,
			pmem2_errormsg(), rows[i].code);
		is(rsv, start, 8);
	}
}
END_TEST

START_TEST(shrink_of_the_middle_or_of_all_says_so)
{
	struct pmem2_vm_reservation *rsv = with_room(8);
	fails(pmem2_vm_reservation_shrink(rsv, PAGE, PAGE), PMEM2_E_NOSUPP);
	says(decimal(PAGE), decimal(8 * PAGE), "end");
	fails(pmem2_vm_reservation_shrink(rsv, 0, 8 * PAGE), PMEM2_E_NOSUPP);
	says(decimal(8 * PAGE), "delete");
}
END_TEST

static void shrink_from_the_start(size_t in)
{
	unit = in;
	struct pmem2_vm_reservation *rsv = with_room(8);
	char *start = start_of(rsv);
	struct pmem2_map *map = map_at(rsv, 4 * unit, PAGE), *found;
	works(pmem2_vm_reservation_shrink(rsv, 0, 3 * unit));
	is(rsv, start + 3 * unit, 5);
	ck_assert(api_is_free(start, 3 * unit));
	works(pmem2_vm_reservation_map_find(rsv, unit, 0, &found));
	ck_assert_ptr_eq(found, map);
	ck_assert_ptr_eq(pmem2_map_get_address(map_at(rsv, 0, PAGE)), start + 3 * unit);
}

START_TEST(shrink_from_the_start_moves_the_address_up)
{
	shrink_from_the_start(2 * MiB);
}
END_TEST

START_TEST(shrink_from_the_start_by_pages)
{
	shrink_from_the_start(PAGE);
}
END_TEST

static void shrink_from_the_end(size_t in)
{
	unit = in;
	struct pmem2_vm_reservation *rsv = with_room(8);
	char *start = start_of(rsv);
	map_at(rsv, 4 * unit, PAGE);
	works(pmem2_vm_reservation_shrink(rsv, 5 * unit, 3 * unit));
	is(rsv, start, 5);
	ck_assert(api_is_free(start + 5 * unit, 3 * unit));
	ck_assert(!api_is_free(start + 3 * unit, unit));
}

START_TEST(shrink_from_the_end_unmaps_the_end)
{
	shrink_from_the_end(2 * MiB);
}
END_TEST

START_TEST(shrink_from_the_end_by_pages)
{
	shrink_from_the_end(PAGE);
}
END_TEST

START_TEST(shrunk_and_extended_it_still_deletes_cleanly)
{
	struct pmem2_vm_reservation *rsv = with_room(8);
	char *start = start_of(rsv);
	works(pmem2_vm_reservation_shrink(rsv, 0, 2 * unit));
	works(pmem2_vm_reservation_extend(rsv, 3 * unit));
	works(pmem2_vm_reservation_shrink(rsv, 8 * unit, unit));
	is(rsv, start + 2 * unit, 8);
	works(pmem2_vm_reservation_delete(&rsv));
	ck_assert(api_is_free(start, 16 * unit));
}
END_TEST

/* three maps: 5000 bytes at page 1, one page at 4, two pages at 6, in a reservation of ten */
static struct pmem2_vm_reservation *rsv3;
static struct pmem2_map *m1, *m4, *m6;

static void three_maps(void)
{
	rsv3 = api_reserve(10 * PAGE);
	m4 = map_at(rsv3, 4 * PAGE, PAGE);
	m1 = map_at(rsv3, PAGE, 5000);
	m6 = map_at(rsv3, 6 * PAGE, 2 * PAGE);
}

static void finds(size_t offset, size_t length, struct pmem2_map *expected)
{
	int somewhere;
	struct pmem2_map *map = (struct pmem2_map *)&somewhere;
	int ret = pmem2_vm_reservation_map_find(rsv3, offset, length, &map);
	ck_assert_msg(map == expected, "[%zu, +%zu): %p", offset, length, (void *)map);
	ck_assert_int_eq(ret, expected ? 0 : PMEM2_E_MAPPING_NOT_FOUND);
}

START_TEST(find_answers_the_first_map_that_meets_the_range)
{
	three_maps();
	finds(0, 10 * PAGE, m1);
	finds(0, PAGE, NULL);
	finds(0, PAGE + 1, m1);
	finds(PAGE, 1, m1);
	finds(3 * PAGE, 10 * PAGE, m4);
	finds(5 * PAGE - 1, PAGE + 2, m4);
	finds(5 * PAGE, PAGE, NULL);
	finds(5 * PAGE, PAGE + 1, m6);
	finds(8 * PAGE - 1, 1, m6);
	finds(8 * PAGE, 2 * PAGE, NULL);
}
END_TEST

START_TEST(find_goes_by_exact_byte_sizes)
{
	three_maps();
	finds(PAGE + 4999, 1, m1);
	finds(PAGE + 5000, 1, NULL);
	finds(PAGE + 5000, 2 * PAGE, m4);
}
END_TEST

START_TEST(find_of_length_0_answers_the_map_that_holds_offset)
{
	three_maps();
	finds(0, 0, NULL);
	finds(PAGE - 1, 0, NULL);
	finds(PAGE, 0, m1);
	finds(PAGE + 4999, 0, m1);
	finds(PAGE + 5000, 0, NULL);
	finds(6 * PAGE + 77, 0, m6);
}
END_TEST

START_TEST(find_has_no_range_check)
{
	three_maps();
	finds(10 * PAGE, 1, NULL);
	finds(1000 * PAGE, PAGE, NULL);
	finds(7 * PAGE, 1000 * PAGE, m6);
}
END_TEST

typedef int neighbour(struct pmem2_vm_reservation *, struct pmem2_map *, struct pmem2_map **);

static void next_to(neighbour *of, struct pmem2_map *map, struct pmem2_map *expected)
{
	int somewhere;
	struct pmem2_map *found = (struct pmem2_map *)&somewhere;
	fails(of(rsv3, map, &found), expected ? 0 : PMEM2_E_MAPPING_NOT_FOUND);
	ck_assert_ptr_eq(found, expected);
}

START_TEST(prev_and_next_go_by_address)
{
	three_maps();
	next_to(pmem2_vm_reservation_map_find_prev, m1, NULL);
	next_to(pmem2_vm_reservation_map_find_prev, m4, m1);
	next_to(pmem2_vm_reservation_map_find_prev, m6, m4);
	next_to(pmem2_vm_reservation_map_find_next, m1, m4);
	next_to(pmem2_vm_reservation_map_find_next, m4, m6);
	next_to(pmem2_vm_reservation_map_find_next, m6, NULL);
}
END_TEST

START_TEST(prev_and_next_also_from_a_map_outside)
{
	rsv3 = with_room(10);
	char *addr = start_of(rsv3);
	struct pmem2_map *below, *above;
	struct pmem2_source *src = api_anon(PAGE);
	const enum pmem2_granularity byte = PMEM2_GRANULARITY_BYTE;
	works(pmem2_map_from_existing(&below, src, addr - PAGE, PAGE, byte));
	works(pmem2_map_from_existing(&above, src, addr + 10 * PAGE, PAGE, byte));
	m1 = map_at(rsv3, PAGE, PAGE);
	m6 = map_at(rsv3, 6 * PAGE, PAGE);
	next_to(pmem2_vm_reservation_map_find_next, below, m1);
	next_to(pmem2_vm_reservation_map_find_prev, above, m6);
	next_to(pmem2_vm_reservation_map_find_prev, below, NULL);
	next_to(pmem2_vm_reservation_map_find_next, above, NULL);
}
END_TEST

START_TEST(first_and_last)
{
	struct pmem2_map *found;
	three_maps();
	works(pmem2_vm_reservation_map_find_first(rsv3, &found));
	ck_assert_ptr_eq(found, m1);
	works(pmem2_vm_reservation_map_find_last(rsv3, &found));
	ck_assert_ptr_eq(found, m6);
	works(pmem2_map_delete(&m1));
	works(pmem2_vm_reservation_map_find_first(rsv3, &found));
	ck_assert_ptr_eq(found, m4);
	works(pmem2_map_delete(&m4));
	works(pmem2_map_delete(&m6));
	fails(pmem2_vm_reservation_map_find_first(rsv3, &found), PMEM2_E_MAPPING_NOT_FOUND);
	ck_assert_ptr_null(found);
	found = m6;
	fails(pmem2_vm_reservation_map_find_last(rsv3, &found), PMEM2_E_MAPPING_NOT_FOUND);
	ck_assert_ptr_null(found);
}
END_TEST

API_MAIN("vm_resize", extend_makes_it_longer, extend_by_less_than_a_page_is_length_unaligned,
	extend_by_0_is_fine, extend_into_occupied_memory_is_mapping_exists_and_changes_nothing,
	extend_into_occupied_memory_by_pages, shrink_from_the_start_by_pages,
	shrink_from_the_end_by_pages, shrink_judges_in_its_order,
	shrink_of_the_middle_or_of_all_says_so, shrink_from_the_start_moves_the_address_up,
	shrink_from_the_end_unmaps_the_end, shrunk_and_extended_it_still_deletes_cleanly,
	find_answers_the_first_map_that_meets_the_range, find_goes_by_exact_byte_sizes,
	find_of_length_0_answers_the_map_that_holds_offset, find_has_no_range_check,
	prev_and_next_go_by_address, prev_and_next_also_from_a_map_outside, first_and_last)
