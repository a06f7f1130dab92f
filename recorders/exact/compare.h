/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * compare.h -- stores of which QEMU did not tell, found by comparing files with their shadows.
 *
 * Lines are compared when they are flushed; all that is mapped, a piece at a time, as
 * fences go by, and whole at the end.
 */
#ifndef EXACT_COMPARE_H
#define EXACT_COMPARE_H

#include "maps.h"
#include "threads.h"

/* Records what differs in [address, address + length), as stores of the thread; how many bytes did. */
size_t pmem2_exact_compare(const struct exact_thread *thread, const struct exact_map *map,
	uint64_t address, size_t length, unsigned flags, uint32_t stack);

/* Compares all of a mapping, holes excepted. */
size_t pmem2_exact_compare_map(const struct exact_thread *thread, const struct exact_map *map,
	unsigned flags);

/* A fence went by: compares, now and then, a piece. */
void pmem2_exact_compare_some(const struct exact_thread *thread);

/* Compares all. */
void pmem2_exact_compare_all(const struct exact_thread *thread);

#endif
