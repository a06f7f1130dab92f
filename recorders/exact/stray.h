/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stray.h -- whether memory that is flushed, and is in no followed mapping, is a variable of the program: what is meant
 * to be flushed lies where it points to.
 *
 * Variables are on the stack of the thread, on the heap that brk(2) makes, and in the data of executables and libraries.
 * Memory that the program mapped is left alone: it may keep there what needs no power, and flush it as it does the rest.
 */
#ifndef EXACT_STRAY_H
#define EXACT_STRAY_H

#include <stdbool.h>
#include <stdint.h>

struct exact_thread;

/* brk(2) returned that address. */
void pmem2_exact_stray_brk(uint64_t end);

bool pmem2_exact_is_stray(const struct exact_thread *thread, uint64_t address,
	uint64_t stack_pointer);

#endif
