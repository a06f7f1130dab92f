/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * failing.c -- calls that fail, each for a reason of its own.
 */
#include "api.h"
#include "failing.h"

static struct pmem2_source *file, *anon, *empty;
static struct pmem2_config *cfg;
static struct pmem2_vm_reservation *rsv;
static struct pmem2_map *map, *none;

void prepare_failing(void)
{
	file = api_source(api_file(4 * PAGE));
	anon = api_anon(PAGE);
	empty = api_source(api_file(0));
	cfg = api_config();
	rsv = api_reserve(8 * PAGE);
	map = api_map(cfg, file);
	struct pmem2_config *placed = api_config();
	works(pmem2_config_set_vm_reservation(placed, rsv, 4 * PAGE));
	api_map(placed, file);
}

static int wrong_granularity(void)
{
	return pmem2_config_set_required_store_granularity(cfg, (enum pmem2_granularity)9);
}

static int wrong_offset(void)
{
	return pmem2_config_set_offset(cfg, SIZE_MAX);
}

static int wrong_protection(void)
{
	return pmem2_config_set_protection(cfg, 1);
}

static int no_granularity(void)
{
	struct pmem2_config *fresh;
	works(pmem2_config_new(&fresh));
	return pmem2_map_new(&none, fresh, file);
}

static int bad_fd(void)
{
	struct pmem2_source *src;
	return pmem2_source_from_fd(&src, -1);
}

static int anon_fd(void)
{
	int fd;
	return pmem2_source_get_fd(anon, &fd);
}

static int anon_device_id(void)
{
	return pmem2_source_device_id(anon, NULL, NULL);
}

static int file_device_id(void)
{
	size_t len;
	return pmem2_source_device_id(file, NULL, &len);
}

static int file_usc(void)
{
	uint64_t usc;
	return pmem2_source_device_usc(file, &usc);
}

static int file_numa(void)
{
	int node;
	return pmem2_source_numa_node(file, &node);
}

static int anon_badblocks(void)
{
	return pmem2_badblock_context_new(NULL, anon);
}

static int no_badblock(void)
{
	struct pmem2_badblock_context *ctx;
	struct pmem2_badblock bb;
	works(pmem2_badblock_context_new(&ctx, file));
	return pmem2_badblock_next(ctx, &bb);
}

static int clear_nothing(void)
{
	struct pmem2_badblock_context *ctx;
	struct pmem2_badblock bb = {0, 0};
	works(pmem2_badblock_context_new(&ctx, file));
	return pmem2_badblock_clear(ctx, &bb);
}

static int clear_far_away(void)
{
	struct pmem2_badblock_context *ctx;
	struct pmem2_badblock bb = {SIZE_MAX, PAGE};
	works(pmem2_badblock_context_new(&ctx, file));
	return pmem2_badblock_clear(ctx, &bb);
}

static int read_anon(void)
{
	char c;
	return pmem2_source_pread_mcsafe(anon, &c, 1, 0);
}

static int read_too_much(void)
{
	char c;
	return pmem2_source_pread_mcsafe(file, &c, 1, 4 * PAGE);
}

static int map_empty(void)
{
	return pmem2_map_new(&none, cfg, empty);
}

static int map_with(size_t offset, size_t length, size_t rsv_offset)
{
	struct pmem2_config *c = api_config();
	works(pmem2_config_set_offset(c, offset));
	works(pmem2_config_set_length(c, length));
	works(pmem2_config_set_vm_reservation(c, rsv_offset ? rsv : NULL, rsv_offset));
	return pmem2_map_new(&none, c, file);
}

static int map_odd_offset(void)
{
	return map_with(1, 0, 0);
}

static int map_odd_length(void)
{
	return map_with(0, 1, 0);
}

static int map_too_much(void)
{
	return map_with(0, 5 * PAGE, 0);
}

static int map_the_end(void)
{
	return map_with(4 * PAGE, 0, 0);
}

static int map_odd_place(void)
{
	return map_with(0, 0, 1);
}

static int map_beyond(void)
{
	return map_with(0, 0, 8 * PAGE);
}

static int map_taken(void)
{
	return map_with(0, 0, 3 * PAGE);
}

static int map_too_fine(void)
{
	struct pmem2_config *c = api_config();
	works(pmem2_config_set_required_store_granularity(c, PMEM2_GRANULARITY_BYTE));
	return pmem2_map_new(&none, c, file);
}

static int existing_overlap(void)
{
	return pmem2_map_from_existing(&none, anon, pmem2_map_get_address(map), 1,
		PMEM2_GRANULARITY_PAGE);
}

static int deep_flush_outside(void)
{
	return pmem2_deep_flush(map, pmem2_map_get_address(map), 5 * PAGE);
}

static int reserve_odd_address(void)
{
	struct pmem2_vm_reservation *r;
	return pmem2_vm_reservation_new(&r, (char *)PAGE + 1, PAGE);
}

static int reserve_odd_size(void)
{
	struct pmem2_vm_reservation *r;
	return pmem2_vm_reservation_new(&r, NULL, 1);
}

static int reserve_occupied(void)
{
	struct pmem2_vm_reservation *r;
	return pmem2_vm_reservation_new(&r, pmem2_map_get_address(map), PAGE);
}

static int reserve_too_much(void)
{
	struct pmem2_vm_reservation *r;
	return pmem2_vm_reservation_new(&r, NULL, (size_t)1 << 62);
}

static int extend_odd(void)
{
	return pmem2_vm_reservation_extend(rsv, 1);
}

static int shrink_odd_offset(void)
{
	return pmem2_vm_reservation_shrink(rsv, 1, PAGE);
}

static int shrink_nothing(void)
{
	return pmem2_vm_reservation_shrink(rsv, 0, 0);
}

static int shrink_far_away(void)
{
	return pmem2_vm_reservation_shrink(rsv, 80 * PAGE, PAGE);
}

static int shrink_all(void)
{
	return pmem2_vm_reservation_shrink(rsv, 0, 8 * PAGE);
}

static int shrink_used(void)
{
	return pmem2_vm_reservation_shrink(rsv, 4 * PAGE, 4 * PAGE);
}

static int delete_used(void)
{
	return pmem2_vm_reservation_delete(&rsv);
}

static int find_nothing(void)
{
	return pmem2_vm_reservation_map_find(rsv, 0, 1, &none);
}

/* clang-format off */
#define CALL(f) {#f, f}
/* clang-format on */
const struct failing_call failing[] = {CALL(wrong_granularity), CALL(wrong_offset),
	CALL(wrong_protection), CALL(no_granularity), CALL(bad_fd), CALL(anon_fd),
	CALL(anon_device_id), CALL(file_device_id), CALL(file_usc), CALL(file_numa),
	CALL(anon_badblocks), CALL(no_badblock), CALL(clear_nothing), CALL(clear_far_away),
	CALL(read_anon), CALL(read_too_much), CALL(map_empty), CALL(map_odd_offset),
	CALL(map_odd_length), CALL(map_too_much), CALL(map_the_end), CALL(map_odd_place),
	CALL(map_beyond), CALL(map_taken), CALL(map_too_fine), CALL(existing_overlap),
	CALL(deep_flush_outside), CALL(reserve_odd_address), CALL(reserve_odd_size),
	CALL(reserve_occupied), CALL(reserve_too_much), CALL(extend_odd), CALL(shrink_odd_offset),
	CALL(shrink_nothing), CALL(shrink_far_away), CALL(shrink_all), CALL(shrink_used),
	CALL(delete_used), CALL(find_nothing)};
const size_t failing_count = sizeof(failing) / sizeof(*failing);
