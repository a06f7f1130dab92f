/* SPDX-License-Identifier: BSD-3-Clause */
/* roster.h -- all maps of the process, by address. A map of length 0 is none of them. */
#ifndef PMEM2_ROSTER_H
#define PMEM2_ROSTER_H

#include "map.h"

/* 0; overlap, with a sentence, if it meets a map that is in the roster. */
int pmem2_roster_check(struct pmem2_map *map, int overlap);

/* The same, and enters it; -ENOMEM. */
int pmem2_roster_enter(struct pmem2_map *map, int overlap);

/* PMEM2_E_MAPPING_NOT_FOUND, with a sentence. */
int pmem2_roster_leave(struct pmem2_map *map);

/* The first map that meets [begin, end), or NULL. Takes a lock only while maps come and go. */
struct pmem2_map *pmem2_roster_find(uintptr_t begin, uintptr_t end);

#endif
