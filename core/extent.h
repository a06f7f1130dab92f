/* SPDX-License-Identifier: BSD-3-Clause */
/* extent.h -- where on its disk a file's bytes are. */
#ifndef PMEM2_EXTENT_H
#define PMEM2_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pmem2_source;

/* All in bytes. */
struct pmem2_extent {
	uint64_t file;
	uint64_t device; /* counted from the start of the disk, not of the partition */
	uint64_t length;
};

struct pmem2_extents {
	struct pmem2_extent *list; /* ascending in the file */
	size_t count;
	uint64_t block; /* of the file system: what it gives and takes */
	bool partition; /* the source's device is one: its parent in sysfs is the disk */
};

/*
 * Lists what a file occupies of the one disk that it is on: what is allocated but not yet written
 * too; not holes, nor bytes that have no place of their own on the disk. Dirty data is
 * written first, so that it has its place.
 *
 * Errors: PMEM2_E_NOSUPP, the file system may tell an address of another device, or none.
 */
int pmem2_extents_of(const struct pmem2_source *src, struct pmem2_extents *extents);

void pmem2_extents_free(struct pmem2_extents *extents);

#endif
