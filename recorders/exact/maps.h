/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * maps.h -- which files the program has mapped, and where.
 *
 * Followed are shared mappings of regular files that are open for writing and have a name. They change
 * under the lock, if there are several threads.
 */
#ifndef EXACT_MAPS_H
#define EXACT_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "powerfail/medium.h"

struct exact_file {
	uint32_t id;
	struct pf_medium shadow; /* its `durable` is what was recorded, not what is durable */
	uint64_t *touched;       /* bits: pages stored to since they were last synchronised */
	size_t touched_pages;    /* how many there are bits for */
	size_t compared;         /* where comparing goes on, bytes */
};

struct exact_map {
	uint64_t address, length, offset; /* of the program; bytes */
	struct exact_file *file;
};

/* All mappings are within; both are 0 if there is none. */
extern uint64_t pmem2_exact_low, pmem2_exact_high;

/* What to add to an address of the program for one of this process. */
extern uint64_t pmem2_exact_base;

/* Follows memory files, too, that have no name: for the self-test. */
extern bool pmem2_exact_nameless;

static inline void *pmem2_exact_memory(uint64_t address)
{
	return (void *)(uintptr_t)(address + pmem2_exact_base);
}

/* Whether an address may be in a mapping; without the lock it is a guess. */
static inline bool pmem2_exact_is_near(uint64_t address)
{
	return address - pmem2_exact_low < pmem2_exact_high - pmem2_exact_low;
}

/* The mapping of an address, or NULL. */
const struct exact_map *pmem2_exact_map_of(uint64_t address);

/* The n-th. */
size_t pmem2_exact_maps(void);
const struct exact_map *pmem2_exact_map(size_t n);
size_t pmem2_exact_files(void);
struct exact_file *pmem2_exact_file(size_t n);

/* The file that a descriptor is of, or NULL. */
struct exact_file *pmem2_exact_file_of(int fd);

/* mmap(2) of fd was successful. Begins to follow, if it is to be followed. */
void pmem2_exact_maps_add(uint64_t address, uint64_t length, int fd, uint64_t offset);

/* Something else, or nothing, is in that memory now. */
void pmem2_exact_maps_remove(uint64_t address, uint64_t length);

/* mremap(2) was successful. */
void pmem2_exact_maps_move(uint64_t from, uint64_t old_length, uint64_t to, uint64_t length,
	bool keeps_old);

/* There is room in the shadow, and these pages are touched. */
void pmem2_exact_file_touch(struct exact_file *file, size_t offset, size_t length);

/* The next run of touched pages from *begin on, before end, is taken for untouched; or false. */
bool pmem2_exact_file_synchronise(struct exact_file *file, size_t *begin, size_t *length,
	size_t end);

/* A new descriptor of the file, by its name, or -1 if that is another file now. */
int pmem2_exact_file_open(const struct exact_file *file);

#endif
