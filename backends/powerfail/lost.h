/* SPDX-License-Identifier: BSD-3-Clause */
/* lost.h -- finds what a power cut would take from the maps for good, for the report. */
#ifndef POWERFAIL_LOST_H
#define POWERFAIL_LOST_H

#include "engine.h"

/* Adds what is lost of a map to the report, of all maps if that is NULL. Returns how many places. */
uint64_t pmem2_pf_lost_find(const struct pf_map *map);

#endif
