/* SPDX-License-Identifier: BSD-3-Clause */
/* map.c -- the getters of a map. */
#include "map.h"

void *pmem2_map_get_address(struct pmem2_map *map)
{
	return map->address;
}

size_t pmem2_map_get_size(struct pmem2_map *map)
{
	return map->length;
}

enum pmem2_granularity pmem2_map_get_store_granularity(struct pmem2_map *map)
{
	return map->verdict.granularity;
}

__attribute__((weak)) const char *pmem2_map_get_backend_name(struct pmem2_map *map)
{
	return map->choice->variant->name;
}

pmem2_persist_fn pmem2_get_persist_fn(struct pmem2_map *map)
{
	return map->functions->persist;
}

pmem2_flush_fn pmem2_get_flush_fn(struct pmem2_map *map)
{
	return map->functions->flush;
}

pmem2_drain_fn pmem2_get_drain_fn(struct pmem2_map *map)
{
	return map->functions->drain;
}

pmem2_memmove_fn pmem2_get_memmove_fn(struct pmem2_map *map)
{
	return map->functions->memmove;
}

pmem2_memcpy_fn pmem2_get_memcpy_fn(struct pmem2_map *map)
{
	return map->functions->memmove;
}

pmem2_memset_fn pmem2_get_memset_fn(struct pmem2_map *map)
{
	return map->functions->memset;
}
