/* SPDX-License-Identifier: BSD-3-Clause */
/* missing.c -- what musl lacks before 1.2.5; weak, for a later musl and a test have their own. */
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

__attribute__((weak)) ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset,
	int flags)
{
	return syscall(SYS_pwritev2, fd, parts, count, offset, 0, flags);
}
