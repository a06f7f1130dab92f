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

#endif
