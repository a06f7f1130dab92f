/* SPDX-License-Identifier: BSD-3-Clause */
/* real_file.h -- files of a real file system, on a device of the fake sysfs. */
#ifndef TEST_REAL_FILE_H
#define TEST_REAL_FILE_H

#include <check.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fake_sysfs.h"
#include "source.h"

enum {
	BLOCK = 4096,
};

/* A file without a name, in the directory that the test runs in; empty. */
static inline struct pmem2_source real_file(dev_t device)
{
	char path[] = "pmem2-file-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	return (struct pmem2_source){.type = PMEM2_SOURCE_FILE, .fd = fd, .device = device};
}

static inline void real_write(int fd, size_t block, size_t count)
{
	char *data = malloc(count * BLOCK);

	memset(data, 'x', count * BLOCK);
	ck_assert_int_eq(pwrite(fd, data, count * BLOCK, (off_t)(block * BLOCK)),
		(ssize_t)(count * BLOCK));
	free(data);
}

/* Whether files here have extents that the library tells, in blocks of BLOCK bytes. */
static inline bool real_extents(void)
{
	struct statfs fs;

	if (statfs(".", &fs) != 0)
		return false;

	return ((unsigned)fs.f_type == EXT4_SUPER_MAGIC ||
		       (unsigned)fs.f_type == XFS_SUPER_MAGIC) &&
	       fs.f_bsize == BLOCK;
}

#endif
