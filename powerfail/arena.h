/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arena.h -- an array that grows without moving.
 *
 * Address space is reserved once and given memory as it fills, by mprotect(2) alone: flushes
 * happen where malloc may not be called.
 */
#ifndef POWERFAIL_ARENA_H
#define POWERFAIL_ARENA_H

#include <stddef.h>

struct pf_arena {
	char *base;
	size_t used;      /* bytes */
	size_t committed; /* bytes that have memory */
	size_t reserved;
};

/* Reserves; 0 or -errno. Less than that is reserved where the address space is limited. */
int pmem2_pf_arena_init(struct pf_arena *arena, size_t reserve);

/* The next size bytes, zeros, aligned to 16; NULL: there is no memory. */
void *pmem2_pf_arena_take(struct pf_arena *arena, size_t size);

/* Empties it: what it held is zeros when it is taken again. */
void pmem2_pf_arena_clear(struct pf_arena *arena);

void pmem2_pf_arena_finish(struct pf_arena *arena);

#endif
