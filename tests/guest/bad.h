/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_GUEST_BAD_H
#define TESTS_GUEST_BAD_H

#include <stddef.h>
#include <stdint.h>

#include <libpmem2.h>

#define BLOCK  ((size_t)4096)
#define SECTOR ((size_t)512)
#define BLOCKS 64 /* that a set of blocks can name, a bit each */

/* a variable of the environment that must be there */
const char *setting(const char *name);

/* Makes two sectors in the middle of each block bad, whose first sectors in BB_NAMESPACE are these. */
void bad_make(const uint64_t *sectors, unsigned count);

struct pmem2_badblock_context *bad_context(const struct pmem2_source *source);

/* The rest of a context as a set of blocks of the source; part of a block is the block. */
uint64_t bad_reported(struct pmem2_badblock_context *context);

/* The library reports these blocks, and no other. */
void bad_assert(const struct pmem2_source *source, const unsigned *blocks, unsigned count);

void bad_clear_all(const struct pmem2_source *source);

#endif
