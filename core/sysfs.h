/* SPDX-License-Identifier: BSD-3-Clause */
/* sysfs.h -- where a device is in sysfs. */
#ifndef PMEM2_SYSFS_H
#define PMEM2_SYSFS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* "/sys"; tests point it at a tree of their own. */
extern const char *pmem2_sysfs_root;

enum pmem2_sysfs_class {
	PMEM2_SYSFS_BLOCK,
	PMEM2_SYSFS_CHAR,
};

/* Writes "/sys/dev/block/M:m/attribute"; attribute may be "". */
void pmem2_sysfs_path(char path[PATH_MAX], enum pmem2_sysfs_class class, dev_t device,
	const char *attribute);

/* Whether the symbolic link's last component is name: a device's "subsystem" ends in its bus's. */
bool pmem2_sysfs_links_to(const char *link, const char *name);

#endif
