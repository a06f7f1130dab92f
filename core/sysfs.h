/* SPDX-License-Identifier: BSD-3-Clause */
/* sysfs.h -- where a device is in sysfs, and what an attribute holds. */
#ifndef PMEM2_SYSFS_H
#define PMEM2_SYSFS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* "/sys"; tests point it at a tree of their own. */
extern const char *pmem2_sysfs_root;

enum pmem2_sysfs_class {
	PMEM2_SYSFS_BLOCK,
	PMEM2_SYSFS_CHAR,
};

/* None of these sets the error sentence: the caller knows what the question was. */

/* Writes "/sys/dev/block/M:m/attribute"; attribute may be "". */
void pmem2_sysfs_path(char path[PATH_MAX], enum pmem2_sysfs_class class, dev_t device,
	const char *attribute);

/* Reads a file of at most size - 1 bytes without its final newline. -errno; -E2BIG if longer. */
int pmem2_sysfs_read(const char *path, char *text, size_t size);

/* Reads a number, decimal or 0x. -errno, or -EINVAL for what is no number or too large. */
int pmem2_sysfs_read_u64(const char *path, uint64_t *value);

/* Whether the symbolic link's last component is name: a device's "subsystem" ends in its bus's. */
bool pmem2_sysfs_links_to(const char *link, const char *name);

#endif
