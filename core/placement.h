/* SPDX-License-Identifier: BSD-3-Clause */
/* placement.h -- address space: reserve it, align in it, map into it, give it back. */
#ifndef PMEM2_PLACEMENT_H
#define PMEM2_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What to hand to mmap(2). */
struct pmem2_placement {
	int fd; /* -1: anonymous */
	off_t offset;
	size_t length;
	int protection; /* PROT_* */
	bool shared;
	size_t alignment; /* of the address, at least: the source's */
	bool huge_pages;  /* a file of hugetlbfs */
};

/* What came of it. */
struct pmem2_placed {
	void *address;
	bool synchronous; /* MAP_SYNC was granted: metadata is durable before a store succeeds */
	int sync_errno;   /* why not; 0: not asked for */
};

/* Maps it anywhere, large ones aligned for huge pages. -errno, without a sentence:
 * pmem2_request_error knows what it means for the source. */
int pmem2_place(const struct pmem2_placement *wanted, struct pmem2_placed *placed);

/*
 * Moves a mapping over a reserved place, in one step for other threads. -errno, with a sentence;
 * the mapping and the place are then as they were.
 */
int pmem2_placement_move(void *from, void *to, size_t length);

/* Puts reserved space where a mapping is, in one step. -errno, with a sentence. */
int pmem2_placement_vacate(void *address, size_t length);

/*
 * Reserves address space without access. at NULL: anywhere, on a boundary for huge pages. -errno with a
 * sentence, -EEXIST if something is at `at`.
 */
int pmem2_placement_reserve(void *at, size_t length, void **address);

/* -error, and the sentence for a failed mmap(2) or mremap(2): which limits ENOMEM can mean. */
int pmem2_placement_error(const char *call, int error);

/* munmap(2). -errno with a sentence. */
int pmem2_placement_release(void *address, size_t length);

#endif
