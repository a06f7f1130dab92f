/* SPDX-License-Identifier: BSD-3-Clause */
/* map_status.c -- flushes and copies that return what came of them, and the error that a map is in. */
#include <errno.h>
#include <string.h>

#include <libpmem2/extra.h>

#include "error.h"
#include "map.h"
#include "page.h"
#include "writeback.h"

#define SITE __builtin_return_address(0)

static int check_range(const struct pmem2_map *map, const void *ptr, size_t size)
{
	uintptr_t begin = (uintptr_t)map->address, at = (uintptr_t)ptr;

	if (at < begin || at - begin > map->length || size > map->length - (at - begin))
		return pmem2_err(-EINVAL, "the %zu bytes at %p are not within the map's %zu at %p",
			size, ptr, map->length, map->address);

	return 0;
}

/* The outcome of a call, where the error that the map is in goes before a success. */
static int outcome(struct pmem2_map *map, int ret)
{
	if (ret == 0)
		ret = -pmem2_writeback_error(map->file, atomic_load(&map->told));
	if (ret == 0)
		return 0;

	return pmem2_err(ret,
		"writing the file failed: %s; what was stored since the last flush that succeeded "
		"may be lost: store it again, then call pmem2_map_clear_error",
		strerror(-ret));
}

static int persist(struct pmem2_map *map, const void *ptr, size_t size, unsigned how,
	const void *site)
{
	if (pmem2_page_reports(map))
		return outcome(map, pmem2_page_persist(map, ptr, size, how, site));

	map->functions->persist(ptr, size);
	return outcome(map, 0);
}

static int flush(struct pmem2_map *map, const void *ptr, size_t size, unsigned how,
	const void *site)
{
	if (pmem2_page_reports(map))
		return outcome(map, pmem2_page_flush(map, ptr, size, how, site));

	map->functions->flush(ptr, size);
	return outcome(map, 0);
}

__attribute__((weak)) int pmem2_map_persist(struct pmem2_map *map, const void *ptr, size_t size)
{
	int ret = check_range(map, ptr, size);

	return ret != 0 ? ret : persist(map, ptr, size, 0, SITE);
}

__attribute__((weak)) int pmem2_map_flush(struct pmem2_map *map, const void *ptr, size_t size)
{
	int ret = check_range(map, ptr, size);

	return ret != 0 ? ret : flush(map, ptr, size, 0, SITE);
}

__attribute__((weak)) int pmem2_map_drain(struct pmem2_map *map)
{
	if (pmem2_page_reports(map))
		return outcome(map, pmem2_page_drain(map, SITE));

	map->functions->drain();
	return outcome(map, 0);
}

/* What is left to do for a copy whose bytes the variant has stored without a flush. */
static int copied(struct pmem2_map *map, const void *dest, size_t len, unsigned flags,
	const void *site)
{
	if ((flags & PMEM2_F_MEM_NOFLUSH) != 0)
		return outcome(map, 0);
	if ((flags & PMEM2_F_MEM_NODRAIN) != 0)
		return flush(map, dest, len, PMEM2_SYNC_COPY, site);

	return persist(map, dest, len, PMEM2_SYNC_COPY, site);
}

__attribute__((weak)) int pmem2_map_memmove(struct pmem2_map *map, void *pmemdest, const void *src,
	size_t len, unsigned flags)
{
	int ret = check_range(map, pmemdest, len);
	if (ret != 0)
		return ret;

	bool reports = pmem2_page_reports(map);
	map->choice->variant->memmove(pmemdest, src, len,
		reports ? PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_TEMPORAL : flags);
	return reports ? copied(map, pmemdest, len, flags, SITE) : outcome(map, 0);
}

__attribute__((weak)) int pmem2_map_memset(struct pmem2_map *map, void *pmemdest, int c, size_t len,
	unsigned flags)
{
	int ret = check_range(map, pmemdest, len);
	if (ret != 0)
		return ret;

	bool reports = pmem2_page_reports(map);
	map->choice->variant->memset(pmemdest, c, len,
		reports ? PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_TEMPORAL : flags);
	return reports ? copied(map, pmemdest, len, flags, SITE) : outcome(map, 0);
}

__attribute__((weak)) int pmem2_map_error(struct pmem2_map *map)
{
	return outcome(map, 0);
}

__attribute__((weak)) int pmem2_map_clear_error(struct pmem2_map *map)
{
	atomic_store(&map->told, pmem2_writeback_told(map->file));
	return 0;
}

__attribute__((weak)) int pmem2_map_set_flush_error_handler(struct pmem2_map *map,
	pmem2_flush_error_fn handler, void *arg)
{
	map->handler = (struct pmem2_handler){handler, arg};
	return 0;
}
