/* SPDX-License-Identifier: BSD-3-Clause */
/* old_libc.c -- system calls of which an old libc has no function; weak, so that a test's own goes first. */
#include "old_libc.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

__attribute__((weak)) int statx(int fd, const char *restrict path, int flags, unsigned mask,
	struct statx *restrict stx)
{
	return (int)syscall(SYS_statx, fd, path, flags, mask, stx);
}

__attribute__((weak)) ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset,
	int flags)
{
	return syscall(SYS_pwritev2, fd, parts, count, offset, 0, flags);
}
