/* SPDX-License-Identifier: BSD-3-Clause */
/* writes.c -- write(2), ftruncate(2) and their like: what changes a file without a store. */
#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "next.h"

/* n bytes at offset were written, if that is more than 0. */
static ssize_t wrote(int fd, off64_t offset, ssize_t n, const void *site)
{
	const struct pf_follow *f = pmem2_preload_follow();

	if (f != NULL && n > 0 && offset >= 0)
		f->file_changed(fd, offset, (size_t)n, site);
	return n;
}

/* Likewise, and they end where the descriptor is now. */
static ssize_t wrote_there(int fd, ssize_t n, const void *site)
{
	int saved = errno;

	if (pmem2_preload_follow() != NULL && n > 0)
		wrote(fd, lseek(fd, 0, SEEK_CUR) - n, n, site);
	errno = saved;
	return n;
}

PRELOAD_EXPORT ssize_t write(int fd, const void *from, size_t size)
{
	return wrote_there(fd, NEXT(write)(fd, from, size), SITE);
}

PRELOAD_EXPORT ssize_t writev(int fd, const struct iovec *from, int count)
{
	return wrote_there(fd, NEXT(writev)(fd, from, count), SITE);
}

PRELOAD_EXPORT ssize_t pwrite(int fd, const void *from, size_t size, off_t offset)
{
	return wrote(fd, offset, NEXT(pwrite)(fd, from, size, offset), SITE);
}

PRELOAD_EXPORT ssize_t pwrite64(int fd, const void *from, size_t size, off64_t offset)
{
	return wrote(fd, offset, NEXT(pwrite64)(fd, from, size, offset), SITE);
}

PRELOAD_EXPORT ssize_t pwritev(int fd, const struct iovec *from, int count, off_t offset)
{
	return wrote(fd, offset, NEXT(pwritev)(fd, from, count, offset), SITE);
}

PRELOAD_EXPORT ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t offset)
{
	return wrote(fd, offset, NEXT(pwritev64)(fd, from, count, offset), SITE);
}

PRELOAD_EXPORT ssize_t pwritev2(int fd, const struct iovec *from, int count, off_t offset,
	int flags)
{
	ssize_t n = NEXT(pwritev2)(fd, from, count, offset, flags);

	return offset == -1 ? wrote_there(fd, n, SITE) : wrote(fd, offset, n, SITE);
}

PRELOAD_EXPORT ssize_t pwritev64v2(int fd, const struct iovec *from, int count, off64_t offset,
	int flags)
{
	ssize_t n = NEXT(pwritev64v2)(fd, from, count, offset, flags);

	return offset == -1 ? wrote_there(fd, n, SITE) : wrote(fd, offset, n, SITE);
}

PRELOAD_EXPORT ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset,
	size_t size, unsigned flags)
{
	ssize_t n = NEXT(copy_file_range)(in, in_offset, out, out_offset, size, flags);

	return out_offset == NULL ? wrote_there(out, n, SITE)
	                          : wrote(out, *out_offset - (n > 0 ? n : 0), n, SITE);
}

PRELOAD_EXPORT ssize_t sendfile(int out, int in, off_t *offset, size_t size)
{
	return wrote_there(out, NEXT(sendfile)(out, in, offset, size), SITE);
}

PRELOAD_EXPORT ssize_t sendfile64(int out, int in, off64_t *offset, size_t size)
{
	return wrote_there(out, NEXT(sendfile64)(out, in, offset, size), SITE);
}

/* ---- sizes, and space ---- */

static int changed(int fd, off64_t offset, off64_t length, int ret, const void *site)
{
	const struct pf_follow *f = pmem2_preload_follow();

	if (f != NULL && ret == 0)
		f->file_changed(fd, offset, (size_t)length, site);
	return ret;
}

PRELOAD_EXPORT int ftruncate(int fd, off_t length)
{
	return changed(fd, length, 0, NEXT(ftruncate)(fd, length), SITE);
}

PRELOAD_EXPORT int ftruncate64(int fd, off64_t length)
{
	return changed(fd, length, 0, NEXT(ftruncate64)(fd, length), SITE);
}

/* Space alone changes no content. */
static int allocated(int fd, int mode, off64_t offset, off64_t length, int ret, const void *site)
{
	bool same = (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_UNSHARE_RANGE)) == 0;

	return changed(fd, offset, same ? 0 : length, ret, site);
}

PRELOAD_EXPORT int fallocate(int fd, int mode, off_t offset, off_t length)
{
	return allocated(fd, mode, offset, length, NEXT(fallocate)(fd, mode, offset, length), SITE);
}

PRELOAD_EXPORT int fallocate64(int fd, int mode, off64_t offset, off64_t length)
{
	return allocated(fd, mode, offset, length, NEXT(fallocate64)(fd, mode, offset, length),
		SITE);
}

PRELOAD_EXPORT int posix_fallocate(int fd, off_t offset, off_t length)
{
	return allocated(fd, 0, offset, length, NEXT(posix_fallocate)(fd, offset, length), SITE);
}

PRELOAD_EXPORT int posix_fallocate64(int fd, off64_t offset, off64_t length)
{
	return allocated(fd, 0, offset, length, NEXT(posix_fallocate64)(fd, offset, length), SITE);
}
