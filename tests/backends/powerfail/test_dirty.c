/* SPDX-License-Identifier: BSD-3-Clause */
/* test_dirty.c -- what was stored and nobody flushed is found when it is looked for. */
#include "dirty.h"

#include "settings.h"
#include "unit.h"

static char *memory;
static const struct pf_who who = {.thread = 1};

static void setup(void)
{
	unit_engine();
	memory = unit_memory(3 * PF_PAGE);
}

static char last_seen(const struct pf_map *map, size_t line)
{
	return *pmem2_pf_model_last(ENGINE->model, map->medium, line);
}

START_TEST(a_store_is_found_and_not_durable)
{
	struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[PF_LINE] = 'a';
	pmem2_pf_dirty_note(map, who, false);
	ck_assert_int_eq(last_seen(map, 1), 'a');
	ck_assert_int_eq(unit_durable(map, 1), 0);
	ck_assert_uint_eq(ENGINE->model->dirty, 1);
	pmem2_pf_dirty_note(map, who, true); /* it was seen */
	ck_assert_uint_eq(ENGINE->model->dirty, 1);
}
END_TEST

START_TEST(of_all_maps_but_those_where_a_fence_is_enough)
{
	unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	unit_map(memory + PF_PAGE, PF_PAGE, PMEM2_GRANULARITY_BYTE);
	unit_map(memory + 2 * PF_PAGE, PF_PAGE, PMEM2_GRANULARITY_PAGE);
	memory[0] = memory[PF_PAGE] = memory[2 * PF_PAGE] = 'a';
	pmem2_pf_dirty_note(NULL, who, false);
	ck_assert_int_eq(last_seen(&ENGINE->maps[0], 0), 'a');
	ck_assert_int_eq(last_seen(&ENGINE->maps[1], 0), 0);
	ck_assert_int_eq(last_seen(&ENGINE->maps[2], 0), 'a');
	pmem2_pf_dirty_note(&ENGINE->maps[1], who, true); /* at its end */
	ck_assert_int_eq(last_seen(&ENGINE->maps[1], 0), 'a');
}
END_TEST

START_TEST(a_drain_looks_if_the_settings_say_so)
{
	struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[0] = 'a';
	ENGINE->settings->dirty = PF_DIRTY_OFF;
	pmem2_pf_dirty_drain(who);
	ck_assert_int_eq(last_seen(map, 0), 0);
	ENGINE->settings->dirty = PF_DIRTY_ON;
	pmem2_pf_dirty_drain(who);
	ck_assert_int_eq(last_seen(map, 0), 'a');
}
END_TEST

START_TEST(or_where_it_is_cheap)
{
	struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	ENGINE->settings->dirty = PF_DIRTY_IF_CHEAP;
	memory[0] = 'a';
	pmem2_pf_dirty_drain(who);
	ck_assert_int_eq(last_seen(map, 0), 'a');

	/* more than may be compared each time, and the kernel tells nothing of it */
	const size_t large = (size_t)17 << 20;
	unit_map(unit_memory(large), large, PMEM2_GRANULARITY_CACHE_LINE);
	map = &ENGINE->maps[0];
	memory[0] = 'b';
	pmem2_pf_dirty_drain(who);
	ck_assert_int_eq(last_seen(map, 0), 'a');

	/* the kernel tells, by tables that many drains save for */
	ENGINE->maps[1].watched = true;
	ENGINE->maps[1].walked = (size_t)80 << 20;
	ENGINE->saved = 0;
	pmem2_pf_dirty_drain(who);
	pmem2_pf_dirty_drain(who);
	ck_assert_int_eq(last_seen(map, 0), 'a');
	pmem2_pf_dirty_drain(who);
	ck_assert_int_eq(last_seen(map, 0), 'b');
	ck_assert_uint_eq(ENGINE->saved, 0);
}
END_TEST

START_TEST(what_was_written_while_there_was_no_map_is_durable)
{
	const struct pf_map *map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);

	memory[2 * PF_LINE] = 'a';
	pmem2_pf_dirty_written(map);
	ck_assert_int_eq(unit_durable(map, 2), 'a');
	ck_assert_uint_eq(ENGINE->model->dirty, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_store_is_found_and_not_durable,
		of_all_maps_but_those_where_a_fence_is_enough,
		a_drain_looks_if_the_settings_say_so,
		or_where_it_is_cheap,
		what_was_written_while_there_was_no_map_is_durable,
		NULL,
	};

	return unit_run_with("dirty", tests, setup, NULL);
}
