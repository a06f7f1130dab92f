/* SPDX-License-Identifier: BSD-3-Clause */
/* dirty.h -- looks for what was stored and nobody flushed. All under the engine's lock. */
#ifndef POWERFAIL_DIRTY_H
#define POWERFAIL_DIRTY_H

#include "engine.h"

/*
 * Notes what nobody flushed, of one map or, if that is NULL, of all whose stores are not durable by
 * a fence. last: the mapping, or the program, ends.
 */
void pmem2_pf_dirty_note(struct pf_map *map, struct pf_who who, bool last);

/* A thread drains: the same, if the settings want it at each drain. */
void pmem2_pf_dirty_drain(struct pf_who who);

/* A mapping begins: has the kernel help, if that will be wanted and the kernel can. */
void pmem2_pf_dirty_watch(struct pf_map *map);

/* What a new mapping shows was changed while there was none, and may be lost. */
void pmem2_pf_dirty_found(const struct pf_map *map);

/* What a new mapping shows was changed while there was none, by write(2) and its like: durable. */
void pmem2_pf_dirty_written(const struct pf_map *map);

#endif
