/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * page.h -- PAGE, where a flush is a system call and can fail: who is told, what is noted for the drain,
 * and what is written with one call.
 */
#ifndef PMEM2_PAGE_H
#define PMEM2_PAGE_H

#include "map.h"

/*
 * The functions that programs get for a map which `choice` serves: the variant's own, or those of this file
 * where the backend can report a failure.
 */
const struct pmem2_variant *pmem2_page_functions(const struct pmem2_choice *choice,
	enum pmem2_granularity granularity, bool deferred);

/* Whether the map's functions are those of this file. */
bool pmem2_page_reports(const struct pmem2_map *map);

/*
 * Of such a map, whose range it is within: 0, or -errno with no error sentence, which counts as told. No handler
 * is called. drain covers what this thread noted in the map.
 */
int pmem2_page_persist(struct pmem2_map *map, const void *ptr, size_t size, unsigned how,
	const void *site);
int pmem2_page_flush(struct pmem2_map *map, const void *ptr, size_t size, unsigned how,
	const void *site);
int pmem2_page_drain(struct pmem2_map *map, const void *site);

/* Writes what any thread has noted in the map. -errno; what was noted then counts as given up. */
int pmem2_page_settle(struct pmem2_map *map);

/* msync(2) of a range within any map of a file. -errno, with no error sentence, which counts as told. */
int pmem2_page_msync(struct pmem2_map *map, const void *ptr, size_t size);

#endif
