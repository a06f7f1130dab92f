/* SPDX-License-Identifier: BSD-3-Clause */
/* test_ranges.c -- which lines of which maps an operation makes durable. */
#include "ranges.h"

#include "unit.h"

enum { PAGES = 8, LINES = PF_PAGE / PF_LINE };

static char *memory;
static struct pf_thread one = {.id = 1}, other = {.id = 2};

static void setup(void)
{
	unit_engine();
	memory = unit_memory(PAGES * PF_PAGE);
}

static void act(struct pf_thread *thread, const void *ptr, size_t size, unsigned what)
{
	const struct pf_actor actor = {.thread = thread};

	pmem2_pf_ranges_act(actor, ptr, size, what);
}

START_TEST(a_flush_is_of_the_lines_named)
{
	const struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[0] = memory[PF_LINE] = memory[2 * PF_LINE] = 'a';
	act(&one, memory + PF_LINE + 1, 1, PF_FLUSHES | PF_DRAINS);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	ck_assert_int_eq(unit_durable(map, 1), 'a');
	ck_assert_int_eq(unit_durable(map, 2), 0);
}
END_TEST

START_TEST(without_a_drain_it_is_pending_and_without_a_size_nothing)
{
	const struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[0] = 'a';
	act(&one, memory, 0, PF_FLUSHES | PF_DRAINS);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	act(&one, memory, 1, PF_FLUSHES);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	act(&one, NULL, 0, PF_DRAINS);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
}
END_TEST

START_TEST(a_range_goes_over_several_maps_and_what_is_between)
{
	unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	unit_map(memory + 2 * PF_PAGE, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	unit_map(memory + 3 * PF_PAGE, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	const struct pf_map *maps = ENGINE->maps;

	for (size_t i = 0; i < PAGES * PF_PAGE; i += PF_LINE)
		memory[i] = 'a';
	act(&one, memory + PF_PAGE - PF_LINE, 2 * PF_PAGE + 2 * PF_LINE, PF_FLUSHES | PF_DRAINS);
	ck_assert_int_eq(unit_durable(&maps[0], LINES - 2), 0);
	ck_assert_int_eq(unit_durable(&maps[0], LINES - 1), 'a');
	ck_assert_int_eq(unit_durable(&maps[1], 0), 'a');
	ck_assert_int_eq(unit_durable(&maps[1], LINES - 1), 'a');
	ck_assert_int_eq(unit_durable(&maps[2], 0), 'a');
	ck_assert_int_eq(unit_durable(&maps[2], 1), 0);
}
END_TEST

START_TEST(a_range_that_wraps_ends_with_the_memory)
{
	const struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[0] = memory[PF_PAGE - 1] = 'a';
	act(&one, memory, SIZE_MAX, PF_FLUSHES | PF_DRAINS);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
	ck_assert_int_eq(pmem2_pf_medium_line(map->medium, LINES - 1)[PF_LINE - 1], 'a');
}
END_TEST

START_TEST(memory_in_no_map_is_nothing)
{
	const struct pf_map *map =
		unit_map(memory + PF_PAGE, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[PF_PAGE] = 'a';
	act(&one, memory, PF_PAGE, PF_FLUSHES | PF_DRAINS);
	act(&one, memory + 2 * PF_PAGE, PF_PAGE, PF_FLUSHES | PF_DRAINS);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	ck_assert_uint_eq(ENGINE->report->lines, 0);
}
END_TEST

START_TEST(a_lines_flush_is_nothing_for_the_page_cache)
{
	const struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_PAGE);

	memory[0] = 'a';
	act(&one, memory, 1, PF_FLUSHES | PF_DRAINS);
	ck_assert_int_eq(unit_durable(map, 0), 0);
}
END_TEST

START_TEST(an_msync_is_of_whole_pages)
{
	const struct pf_map *map = unit_map(memory, 3 * PF_PAGE, PMEM2_GRANULARITY_PAGE);

	memory[0] = memory[PF_PAGE] = memory[2 * PF_PAGE - PF_LINE] = memory[2 * PF_PAGE] = 'a';
	act(&one, memory + PF_PAGE + 100, 1, PF_FLUSHES | PF_DRAINS | PF_MSYNC);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	ck_assert_int_eq(unit_durable(map, LINES), 'a');
	ck_assert_int_eq(unit_durable(map, 2 * LINES - 1), 'a');
	ck_assert_int_eq(unit_durable(map, 2 * LINES), 0);
	ck_assert_uint_eq(ENGINE->report->count[PF_REDUNDANT_FLUSH], 0);
	act(&one, memory + PF_PAGE + 100, 1, PF_FLUSHES | PF_DRAINS | PF_MSYNC);
	ck_assert_uint_eq(ENGINE->report->count[PF_REDUNDANT_FLUSH], 1);
}
END_TEST

/* A map that begins in the middle of a page, and one that ends there. */
START_TEST(an_msync_ends_with_the_map)
{
	const struct pf_map *map = unit_map(memory + PF_LINE, PF_PAGE, PMEM2_GRANULARITY_PAGE);

	memory[PF_LINE] = memory[PF_PAGE] = 'a';
	act(&one, memory + PF_LINE + 1, 1, PF_FLUSHES | PF_DRAINS | PF_MSYNC);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
	ck_assert_int_eq(unit_durable(map, LINES - 1), 0);
	act(&one, memory + PF_PAGE + 1, 1, PF_FLUSHES | PF_DRAINS | PF_MSYNC);
	ck_assert_int_eq(unit_durable(map, LINES - 1), 'a');
}
END_TEST

START_TEST(a_fence_is_enough_at_BYTE_alone)
{
	const struct pf_map *byte = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_BYTE);

	unit_map(memory + PF_PAGE, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	byte = &ENGINE->maps[0];
	memory[0] = memory[PF_PAGE] = 'a';
	act(&one, NULL, 0, PF_DRAINS);
	ck_assert_int_eq(unit_durable(byte, 0), 0);
	act(&one, NULL, 0, PF_DRAINS | PF_FENCE);
	ck_assert_int_eq(unit_durable(byte, 0), 'a');
	ck_assert_int_eq(unit_durable(&ENGINE->maps[1], 0), 0);
}
END_TEST

static const unsigned later = PF_FLUSHES | PF_LATER;
static const unsigned noted = PF_FLUSHES | PF_DRAINS | PF_MSYNC | PF_NOTED;

START_TEST(what_is_put_off_is_durable_by_the_threads_own_msync)
{
	const struct pf_map *map = unit_map(memory, 2 * PF_PAGE, PMEM2_GRANULARITY_PAGE);

	memory[0] = memory[PF_PAGE] = 'a';
	act(&one, memory, 1, later);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	act(&other, memory, 2 * PF_PAGE, noted);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	act(&one, memory, 2 * PF_PAGE, noted);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
	ck_assert_int_eq(unit_durable(map, LINES), 0); /* nobody has flushed it */
}
END_TEST

START_TEST(any_threads_if_all_are_meant)
{
	const struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_PAGE);

	memory[0] = 'a';
	act(&one, memory, 1, later);
	act(&other, memory, PF_PAGE, noted | PF_ANY);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
}
END_TEST

START_TEST(put_off_twice_it_is_one_version)
{
	unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_PAGE);
	memory[0] = 'a';
	act(&one, memory, 1, later);
	act(&one, memory, 1, later);
	ck_assert_uint_eq(ENGINE->report->lines, 1);
	ck_assert_uint_eq(ENGINE->report->count[PF_REPEATED_FLUSH], 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_flush_is_of_the_lines_named,
		without_a_drain_it_is_pending_and_without_a_size_nothing,
		a_range_goes_over_several_maps_and_what_is_between,
		a_range_that_wraps_ends_with_the_memory,
		memory_in_no_map_is_nothing,
		a_lines_flush_is_nothing_for_the_page_cache,
		an_msync_is_of_whole_pages,
		an_msync_ends_with_the_map,
		a_fence_is_enough_at_BYTE_alone,
		what_is_put_off_is_durable_by_the_threads_own_msync,
		any_threads_if_all_are_meant,
		put_off_twice_it_is_one_version,
		NULL,
	};

	return unit_run_with("ranges", tests, setup, NULL);
}
