/* SPDX-License-Identifier: BSD-3-Clause */
/* roster.c -- all maps of the process, by address. */
#include "roster.h"

#include <errno.h>

#include "error.h"
#include "range.h"

static struct pmem2_range_set maps = PMEM2_RANGE_SET_INIT;

/* pmem2_map_from_existing takes the caller's word: what would wrap ends with the address space. */
static struct pmem2_range range_of(struct pmem2_map *map)
{
	uintptr_t begin = (uintptr_t)map->address;
	uintptr_t length = map->length < UINTPTR_MAX - begin ? map->length : UINTPTR_MAX - begin;

	return (struct pmem2_range){begin, begin + length, map};
}

static bool is_empty(struct pmem2_range range)
{
	return range.begin == range.end;
}

static int refuse(const struct pmem2_map *map, int overlap)
{
	return pmem2_err(overlap, "another map has part of the %zu bytes at %p", map->length,
		map->address);
}

int pmem2_roster_check(struct pmem2_map *map, int overlap)
{
	struct pmem2_range range = range_of(map);

	if (is_empty(range) || !pmem2_range_meets(&maps, range.begin, range.end))
		return 0;

	return refuse(map, overlap);
}

int pmem2_roster_enter(struct pmem2_map *map, int overlap)
{
	struct pmem2_range range = range_of(map);

	if (is_empty(range))
		return 0;

	switch (pmem2_range_insert(&maps, range)) {
	case 0:
		return 0;
	case -EEXIST:
		return refuse(map, overlap);
	default:
		return pmem2_err(-ENOMEM, "malloc: no memory to register the map");
	}
}

int pmem2_roster_leave(struct pmem2_map *map)
{
	struct pmem2_range range = range_of(map);

	if (is_empty(range) || pmem2_range_remove(&maps, range.begin, map) == 0)
		return 0;

	return pmem2_err(PMEM2_E_MAPPING_NOT_FOUND, "no map is registered at %p", map->address);
}

struct pmem2_map *pmem2_roster_find(uintptr_t begin, uintptr_t end)
{
	return pmem2_range_find(&maps, begin, end);
}
