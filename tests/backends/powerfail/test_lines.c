/* SPDX-License-Identifier: BSD-3-Clause */
/* test_lines.c -- what happens to lines: in the model and in the report. */
#include "lines.h"

#include "unit.h"

enum { SIZE = 8 * PF_LINE };

static char *memory;
static const struct pf_map *map;
static struct pf_thread one = {.id = 1}, other = {.id = 2};
static const struct pf_call of_one = {.thread = &one, .stack = 0};
static const struct pf_call of_other = {.thread = &other, .stack = 0};

static void setup(void)
{
	unit_engine();
	memory = unit_memory(PF_PAGE);
	map = unit_map(memory, SIZE, PMEM2_GRANULARITY_CACHE_LINE);
}

static struct pf_lines lines_of(size_t offset, size_t length)
{
	return (struct pf_lines){map, offset, length, memory + offset / PF_LINE * PF_LINE};
}

static void flush(const struct pf_call *call, size_t offset, size_t length)
{
	const struct pf_lines lines = lines_of(offset, length);

	pmem2_pf_lines_flush(call, &lines);
}

START_TEST(a_range_has_the_lines_that_it_touches)
{
	struct pf_lines lines = lines_of(PF_LINE - 1, 2);

	ck_assert_uint_eq(pmem2_pf_first_line(&lines), 0);
	ck_assert_uint_eq(pmem2_pf_line_count(&lines), 2);
	lines = lines_of(PF_LINE, PF_LINE);
	ck_assert_uint_eq(pmem2_pf_first_line(&lines), 1);
	ck_assert_uint_eq(pmem2_pf_line_count(&lines), 1);
	flush(&of_one, PF_LINE - 1, 2 + PF_LINE);
	ck_assert_uint_eq(pmem2_pf_lines_flushed(), 3);
}
END_TEST

START_TEST(durable_by_the_drain_of_the_thread_that_flushed)
{
	memory[0] = 'a';
	flush(&of_one, 0, 1);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	pmem2_pf_lines_drain(&of_other);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	pmem2_pf_lines_drain(&of_one);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
	ck_assert_uint_eq(ENGINE->report->drains, 2);
	ck_assert_uint_eq(ENGINE->report->count[PF_EMPTY_DRAIN], 1);
}
END_TEST

START_TEST(what_it_held_at_the_flush_is_what_counts)
{
	memory[0] = 'a';
	flush(&of_one, 0, 1);
	memory[0] = 'b';
	pmem2_pf_lines_drain(&of_one);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
}
END_TEST

START_TEST(flushes_for_nothing_are_counted)
{
	flush(&of_one, 0, 1);
	ck_assert_uint_eq(ENGINE->report->count[PF_REDUNDANT_FLUSH], 1);
	pmem2_pf_lines_drain(&of_one);
	memory[0] = 'a';
	flush(&of_one, 0, 1);
	ck_assert_uint_eq(ENGINE->report->count[PF_REPEATED_FLUSH], 0);
	memory[0] = 'b';
	flush(&of_one, 0, 1);
	ck_assert_uint_eq(ENGINE->report->count[PF_REPEATED_FLUSH], 1);

	const struct pf_lines lines = lines_of(PF_LINE, 1);
	pmem2_pf_lines_redundant(&of_one, &lines);
	ck_assert_uint_eq(ENGINE->report->count[PF_REDUNDANT_FLUSH], 2);
	pmem2_pf_lines_count_flush();
	ck_assert_uint_eq(ENGINE->report->flushes, 1);
}
END_TEST

/* What the thread itself has pending stays so. */
START_TEST(an_msync_makes_its_own_lines_durable)
{
	const struct pf_call msync_of_one = {.thread = &one, .msync = true};

	memory[0] = 'a';
	memory[PF_LINE] = 'b';
	flush(&of_one, 0, 1);
	flush(&msync_of_one, PF_LINE, 1);
	pmem2_pf_lines_drain(&msync_of_one);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	ck_assert_int_eq(unit_durable(map, 1), 'b');
	pmem2_pf_lines_drain(&msync_of_one);
	ck_assert_uint_eq(ENGINE->report->count[PF_EMPTY_DRAIN], 0);
}
END_TEST

START_TEST(who_waits)
{
	const struct pf_call any = {.thread = &other, .any = true};

	ck_assert(!pmem2_pf_lines_wait(&of_one, map->medium, 0));
	memory[0] = 'a';
	flush(&of_one, 0, 1);
	ck_assert(pmem2_pf_lines_wait(&of_one, map->medium, 0));
	ck_assert(!pmem2_pf_lines_wait(&of_other, map->medium, 0));
	ck_assert(pmem2_pf_lines_wait(&any, map->medium, 0));
	ck_assert(!pmem2_pf_lines_wait(&any, map->medium, 1));

	ck_assert(pmem2_pf_lines_are_flushed(&of_one, map->medium, 0, memory));
	ck_assert(!pmem2_pf_lines_are_flushed(&of_other, map->medium, 0, memory));
	memory[1] = 'b';
	ck_assert(!pmem2_pf_lines_are_flushed(&of_one, map->medium, 0, memory));
	ck_assert(!pmem2_pf_lines_are_flushed(&of_one, map->medium, 1, memory + PF_LINE));
}
END_TEST

START_TEST(dirty_lines_are_on_their_way_and_no_drain_makes_them_durable)
{
	const struct pf_lines lines = lines_of(0, 2 * PF_LINE);

	memory[0] = 'a';
	pmem2_pf_lines_dirty(pmem2_pf_lines_who(&of_one), false, &lines);
	ck_assert_int_eq(*pmem2_pf_model_last(ENGINE->model, map->medium, 0), 'a');
	ck_assert(!pmem2_pf_lines_wait(&of_one, map->medium, 0));
	pmem2_pf_lines_drain(&of_one);
	ck_assert_int_eq(unit_durable(map, 0), 0);
	ck_assert_uint_ge(ENGINE->model->dirty, 1);
}
END_TEST

START_TEST(what_was_written_without_a_map_is_durable)
{
	const struct pf_lines lines = lines_of(PF_LINE, PF_LINE);

	memory[PF_LINE] = 'a';
	pmem2_pf_lines_written(&lines);
	ck_assert_int_eq(unit_durable(map, 1), 'a');
}
END_TEST

/* An msync(2) of another has made durable what the thread had flushed. */
START_TEST(a_thread_with_nothing_left_is_tidied)
{
	const struct pf_call msync_of_other = {.thread = &other, .msync = true};

	memory[0] = 'a';
	flush(&of_one, 0, 1);
	pmem2_pf_lines_tidy(&of_one);
	ck_assert_uint_ne(one.first, 0);
	flush(&msync_of_other, 0, 1);
	pmem2_pf_lines_drain(&msync_of_other);
	ck_assert_int_eq(unit_durable(map, 0), 'a');
	pmem2_pf_lines_tidy(&of_one);
	ck_assert_uint_eq(one.first, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_range_has_the_lines_that_it_touches,
		durable_by_the_drain_of_the_thread_that_flushed,
		what_it_held_at_the_flush_is_what_counts,
		flushes_for_nothing_are_counted,
		an_msync_makes_its_own_lines_durable,
		who_waits,
		dirty_lines_are_on_their_way_and_no_drain_makes_them_durable,
		what_was_written_without_a_map_is_durable,
		a_thread_with_nothing_left_is_tidied,
		NULL,
	};

	return unit_run_with("lines", tests, setup, NULL);
}
