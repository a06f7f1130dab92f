/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory that is copied between, and the state of its cache lines before a sample. */
#ifndef BENCH_CACHE_H
#define BENCH_CACHE_H 1

#include <stddef.h>
#include <stdint.h>

#define LINE        ((size_t)64)
#define HOT_WINDOW  ((size_t)256 << 10) /* two of them fit into a second-level cache of 1 MiB */
#define COLD_WINDOW ((size_t)256 << 20) /* no cache holds it */

/*
 * dst is a file on tmpfs (of 4 KiB pages), src anonymous memory of random bytes; both of
 * COLD_WINDOW and a page more.
 */
struct memory {
	char *dst;
	char *src;
};

/* fd is a file on tmpfs; it is made long enough. */
void memory_init(struct memory *mem, int fd);

/* Writes back and evicts the lines of the range. */
void cache_flush(const void *ptr, size_t length);

/* Reads the lines of the range. */
void cache_load(const void *ptr, size_t length);

/* Stores to every line of the range what it holds. */
void cache_dirty(void *ptr, size_t length);

/* Pushes out of the first-level cache, not the second, what is there. */
void cache_spill_first_level(void);

uint64_t random_next(uint64_t *state);

#endif
