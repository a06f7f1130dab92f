/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stale.c -- a backend of another version of the contract, which is another symbol.
 */
#include <libpmem2/backend.h>

extern PMEM2_BACKEND_EXPORT const struct pmem2_backend pmem2_backend_v0;
const struct pmem2_backend pmem2_backend_v0 = {.name = "stale"};
