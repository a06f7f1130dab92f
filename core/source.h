/* SPDX-License-Identifier: BSD-3-Clause */
/* source.h -- what a mapping is made of. */
#ifndef PMEM2_SOURCE_H
#define PMEM2_SOURCE_H

#include <sys/types.h>

#include <libpmem2.h>

enum pmem2_source_type {
	PMEM2_SOURCE_ANON,
	PMEM2_SOURCE_FILE,
	PMEM2_SOURCE_DEVDAX,
};

struct pmem2_source {
	enum pmem2_source_type type;
	int fd;       /* the caller's; -1 for anonymous memory */
	dev_t device; /* FILE: st_dev, ask pmem2_source_device; DEVDAX: the device */
	ino_t inode;  /* FILE only */
	size_t size;  /* ANON only, bytes: a file's or device's is asked each time */
	size_t unit;  /* FILE on hugetlbfs: the size of its pages, bytes; else 0 */
};

/* pmem2_source_from_fd into memory of the caller. */
int pmem2_source_init(struct pmem2_source *src, int fd);

/*
 * DEVDAX: the device; FILE: the block device below, 0 if nothing names it. Takes a system call for a
 * file, so only who needs it asks, and pmem2_source_from_fd does not.
 */
dev_t pmem2_source_device(const struct pmem2_source *src);

/* Multiples that mmap(2) deals in, bytes. */
size_t pmem2_page_size(void);

#endif
