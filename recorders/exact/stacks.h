/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stacks.h -- the call stacks of the program's threads, by its calls and returns, and numbers for them.
 *
 * A frame is where the stack pointer was when it was called: what lies below the stack pointer is gone,
 * however it was left.
 */
#ifndef EXACT_STACKS_H
#define EXACT_STACKS_H

#include "insn.h"
#include "threads.h"

void pmem2_exact_called(struct exact_thread *thread, const struct exact_insn *call,
	uint64_t stack_pointer);
void pmem2_exact_returned(struct exact_thread *thread, uint64_t stack_pointer);

/* The number of the stack that ends at that instruction; recorded, with the modules, when it is new. */
uint32_t pmem2_exact_stack(struct exact_thread *thread, struct exact_insn *insn);

/* Records all stacks and modules into a new trace. */
void pmem2_exact_stacks_again(void);

/* Records the executables and libraries in memory, if an address is in none of those recorded. */
void pmem2_exact_modules(const uint64_t *frames, size_t count);

/* Whether an address is in one of those recorded. */
bool pmem2_exact_is_module(uint64_t address);

/* None is recorded yet, in this trace. */
void pmem2_exact_modules_forget(void);

#endif
