/* SPDX-License-Identifier: BSD-3-Clause */
/* stat.h -- musl's, and what it lacks before 1.2.5. */
#ifndef PMEM2_MUSL_SYS_STAT_H
#define PMEM2_MUSL_SYS_STAT_H

#pragma GCC system_header
#include_next <sys/stat.h>

#ifndef STATX_TYPE
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int statx(int fd, const char *path, int flags, unsigned mask, struct statx *stx)
{
	return (int)syscall(SYS_statx, fd, path, flags, mask, stx);
}
#endif

#endif
