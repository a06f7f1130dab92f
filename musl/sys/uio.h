/* SPDX-License-Identifier: BSD-3-Clause */
/* uio.h -- musl's, and what it lacks before 1.2.5: missing.c. */
#ifndef PMEM2_MUSL_SYS_UIO_H
#define PMEM2_MUSL_SYS_UIO_H

#pragma GCC system_header
#include_next <sys/uio.h>

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags);

#endif
