/* SPDX-License-Identifier: BSD-3-Clause */
/* map_life.h -- a map is made, of a file or of memory that is mapped already, and deleted. */
#ifndef PMEM2_MAP_LIFE_H
#define PMEM2_MAP_LIFE_H

#include "map.h"

struct pmem2_config;

/*
 * The results that PMDK's manual and its code give differently. The library gives the manual's to
 * programs built with its header, and the code's to binaries linked to PMDK's library.
 */
struct pmem2_answers {
	int beyond_reservation; /* a place that ends beyond the reservation */
	int append_only;        /* writing through a mapping to a file under chattr +a */
	int overlap;            /* pmem2_map_from_existing meets another map */
	int deep_private; /* pmem2_deep_flush of a private map, which has nothing to flush to */
};

extern const struct pmem2_answers pmem2_answers_manual;

int pmem2_map_create(struct pmem2_map **map, const struct pmem2_config *cfg,
	const struct pmem2_source *src, const struct pmem2_answers *answers);
int pmem2_map_adopt(struct pmem2_map **map, const struct pmem2_source *src, void *addr, size_t len,
	enum pmem2_granularity gran, const struct pmem2_answers *answers);
int pmem2_map_deep_flush(struct pmem2_map *map, const void *ptr, size_t size,
	const struct pmem2_answers *answers);

#endif
