/* SPDX-License-Identifier: BSD-3-Clause */
/* file_system.h -- what a file lies on, as the kernel tells it of the file and of its mount. */
#ifndef PMEM2_FILE_SYSTEM_H
#define PMEM2_FILE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

struct pmem2_source;

/* "/proc/self/mountinfo"; tests point it at a file of their own. */
extern const char *pmem2_file_system_mounts;

enum pmem2_file_system_dax {
	PMEM2_FILE_DAX_NOT_TOLD,
	PMEM2_FILE_DAX_OFF,
	PMEM2_FILE_DAX_ON, /* the file's pages are the device's */
};

struct pmem2_file_system {
	char name[40];     /* "ext2, ext3 or ext4"; "" if nothing tells */
	char options[256]; /* of its mount, by comma; "" if nothing tells */
	bool is_union;     /* overlay */
	bool in_memory;    /* no storage is below */
	bool idle_fsync;   /* msync(2) succeeds, and makes nothing durable */
	enum pmem2_file_system_dax dax;
};

/* Asks by the descriptor, or, where that is -1, by the device alone. Sets no error sentence. */
void pmem2_file_system_read(const struct pmem2_source *src, struct pmem2_file_system *fs);

/* The name of the file system of that number, or "type 0x..." into the buffer, which may be returned. */
const char *pmem2_file_system_name(unsigned long magic, char *buffer, size_t size);

/* Whether an option is among the mount's: "dax", "dax=inode". */
bool pmem2_file_system_has(const struct pmem2_file_system *fs, const char *option);

#endif
