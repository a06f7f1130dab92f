/* SPDX-License-Identifier: BSD-3-Clause */
/* stray.c -- whether memory that is flushed is a variable of the program. */
#include "stray.h"

#include "stacks.h"

enum {
	BELOW = 256
}; /* bytes below the stack pointer: those of a leaf function, and the line of them */

static uint64_t heap_begin, heap_end;

void pmem2_exact_stray_brk(uint64_t end)
{
	if (heap_begin == 0)
		heap_begin = end;
	heap_end = end;
}

bool pmem2_exact_is_stray(const struct exact_thread *t, uint64_t address, uint64_t stack_pointer)
{
	if (address >= heap_begin && address < heap_end)
		return true;
	if (t->depth > 0 && address >= stack_pointer - BELOW && address <= t->frames[0].place)
		return true;
	return pmem2_exact_is_module(address);
}
