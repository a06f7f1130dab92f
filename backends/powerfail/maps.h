/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.h -- follows mappings: what the library tells a backend that watches them, and what others need. */
#ifndef POWERFAIL_MAPS_H
#define POWERFAIL_MAPS_H

#include "engine.h"

struct pmem2_attached;

int pmem2_pf_maps_attach(const struct pmem2_attached *map);
void pmem2_pf_maps_detach(const struct pmem2_attached *map);

/* ---- under the engine's lock, for mappings that are not the library's ---- */

/* As attach does, of a map of which all but the medium is known. 0 or -errno. */
int pmem2_pf_maps_add(struct pf_map *map, const struct pf_medium *wanted, int fd);

/* Ends it; gone: its memory shows something else by now, and tells nothing. */
void pmem2_pf_maps_remove(struct pf_map *map, bool gone);

/* The first map that is followed and has a part in [begin, end); NULL: there is none. */
struct pf_map *pmem2_pf_maps_followed(const char *begin, const char *end);

/* Makes two of the map that has that address in its middle, if one that is followed has. false: no memory. */
bool pmem2_pf_maps_split(char *at);

/* Puts the maps in the order of their addresses again, after one changed. */
void pmem2_pf_maps_sort(void);

/* Says in the trace what a map is now, and finds out whether its file is written in pages. */
void pmem2_pf_maps_changed(const struct pf_map *map);

#endif
