/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * disk.h -- a file on a device whose writes can be made to fail: DISK_DIR is its file system, DISK_DEVICE what is
 * below, and /writes.sh lets them fail.
 */
#ifndef TESTS_GUEST_DISK_H
#define TESTS_GUEST_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include <libpmem2.h>

#define DISK_BLOCK ((size_t)4096)
#define DISK_SIZE  (4 * DISK_BLOCK)

enum { OLD = 'o', NEW = 'n' };

/* The file's content is OLD, and on the device. No store to it needs another block. */
int disk_file(void);
int disk_open(int flags);

struct pmem2_map *disk_map(int fd, bool deferred);

/* Has the kernel tell the errors that it has kept for the file, until it says that there is none. FUSE tells some twice. */
void disk_forget(int fd);

void disk_writes_fail(void);
void disk_writes_work(void);

/* The first byte of the file's block on the device, whatever the page cache has. */
char disk_holds(size_t block);

#endif
