/* SPDX-License-Identifier: BSD-3-Clause */
/* stacks.h -- from where an operation was called: numbers for call stacks, and what lies in memory. */
#ifndef POWERFAIL_STACKS_H
#define POWERFAIL_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "powerfail/arena.h"

struct pf_frames;

struct pf_stack {
	uint32_t hash;
	uint32_t count;
	uintptr_t frame[];
};

struct pf_stacks {
	struct pf_arena arena;
	uint32_t *slots; /* numbers, by hash */
	size_t taken;
};

/* An executable or library in memory. */
struct pf_module {
	uintptr_t begin, end, bias;
	const char *path;
};

int pmem2_pf_stacks_init(struct pf_stacks *stacks);

/* The number of a stack, 0 if there is no room for it; *fresh: it was not seen before. */
uint32_t pmem2_pf_stack_number(struct pf_stacks *stacks, const struct pf_frames *frames,
	bool *fresh);

/* The number after that one, the first after 0; 0: there is no further one. */
uint32_t pmem2_pf_stack_next(const struct pf_stacks *stacks, uint32_t number);

static inline const struct pf_stack *pmem2_pf_stack(const struct pf_stacks *stacks, uint32_t number)
{
	return (const struct pf_stack *)(void *)(stacks->arena.base + (size_t)number * 16);
}

/* Calls visit for each module in memory. */
void pmem2_pf_modules(void (*visit)(const struct pf_module *module, void *arg), void *arg);

#endif
