/* SPDX-License-Identifier: BSD-3-Clause */
/* act.h -- what operations of the program call when their stores are done. */
#ifndef POWERFAIL_ACT_H
#define POWERFAIL_ACT_H

#include "ranges.h"

/*
 * An operation on [ptr, ptr + size) was called from site. Its stores are done. Any thread, any
 * memory; keeps errno.
 */
void pmem2_pf_act(const void *ptr, size_t size, unsigned what, const void *site);

/*
 * Takes the engine's lock for an operation that was called from site, and tells who called it. false: the
 * lock was not got, or there is no memory.
 */
bool pmem2_pf_act_begin(struct pf_actor *actor, const void *site);
void pmem2_pf_act_end(void);

#endif
