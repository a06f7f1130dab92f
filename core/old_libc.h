/* SPDX-License-Identifier: BSD-3-Clause */
/* old_libc.h -- for a libc that does not declare these: Meson has it included everywhere then. */
#ifndef PMEM2_OLD_LIBC_H
#define PMEM2_OLD_LIBC_H

#include <linux/stat.h>
#include <sys/types.h>

struct iovec;

int statx(int fd, const char *restrict path, int flags, unsigned mask, struct statx *restrict stx);
ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags);

#endif
