/* SPDX-License-Identifier: BSD-3-Clause */
/* arena.c -- an array that grows without moving. */
#include "powerfail/arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { STEP = 1 << 20, LEAST = 16 << 20 }; /* bytes */

int pmem2_pf_arena_init(struct pf_arena *arena, size_t reserve)
{
	void *base;

	while ((base = mmap(NULL, reserve, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0)) == MAP_FAILED) {
		reserve /= 2;
		if (reserve < LEAST)
			return -ENOMEM;
	}

	*arena = (struct pf_arena){.base = base, .reserved = reserve};
	return 0;
}

static int commit(struct pf_arena *arena, size_t end)
{
	size_t wanted = (end + STEP - 1) / STEP * STEP;

	if (wanted > arena->reserved)
		return -ENOMEM;
	if (mprotect(arena->base, wanted, PROT_READ | PROT_WRITE) != 0)
		return -errno;

	arena->committed = wanted;
	return 0;
}

void *pmem2_pf_arena_take(struct pf_arena *arena, size_t size)
{
	size_t at = arena->used;

	size = (size + 15) & ~(size_t)15;
	if (at + size > arena->committed && commit(arena, at + size) != 0)
		return NULL;

	arena->used = at + size;
	return arena->base + at;
}

void pmem2_pf_arena_clear(struct pf_arena *arena)
{
	/* memory that the program has locked stays */
	if (madvise(arena->base, arena->committed, MADV_DONTNEED) != 0)
		memset(arena->base, 0, arena->used);
	arena->used = 0;
}

void pmem2_pf_arena_finish(struct pf_arena *arena)
{
	if (arena->base != NULL)
		munmap(arena->base, arena->reserved);
	*arena = (struct pf_arena){0};
}
