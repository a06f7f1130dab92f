/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.h -- follows mappings: what the library tells a backend that watches them. */
#ifndef POWERFAIL_MAPS_H
#define POWERFAIL_MAPS_H

struct pmem2_attached;

int pmem2_pf_maps_attach(const struct pmem2_attached *map);
void pmem2_pf_maps_detach(const struct pmem2_attached *map);

#endif
