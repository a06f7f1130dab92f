/* SPDX-License-Identifier: BSD-3-Clause */
/* syncs.c -- msync(2), fsync(2), fdatasync(2), sync_file_range(2): what the kernel is asked to write. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "maps.h"
#include "next.h"

int pmem2_preload_msync(void *address, size_t length, int flags, const void *site)
{
	const struct pf_follow *f = pmem2_preload_follow();
	bool waits = f != NULL && (flags & MS_SYNC) != 0 && f->sync_begins(address, length, site);
	int ret = NEXT(msync)(address, length, flags);

	if (waits)
		f->sync_ends(ret == 0, site);
	else if (f != NULL && ret == 0 && (flags & MS_ASYNC) != 0)
		f->look(site);
	return ret;
}

PRELOAD_EXPORT int msync(void *address, size_t length, int flags)
{
	return pmem2_preload_msync(address, length, flags, SITE);
}

PRELOAD_EXPORT int fsync(int fd)
{
	const struct pf_follow *f = pmem2_preload_follow();
	bool waits = f != NULL && f->file_sync_begins(fd, SITE);
	int ret = NEXT(fsync)(fd);

	if (waits)
		f->sync_ends(ret == 0, SITE);
	return ret;
}

PRELOAD_EXPORT int fdatasync(int fd)
{
	const struct pf_follow *f = pmem2_preload_follow();
	bool waits = f != NULL && f->file_sync_begins(fd, SITE);
	int ret = NEXT(fdatasync)(fd);

	if (waits)
		f->sync_ends(ret == 0, SITE);
	return ret;
}

/* It makes nothing durable: a disk may keep what it got in its cache. */
PRELOAD_EXPORT int sync_file_range(int fd, off64_t offset, off64_t length, unsigned flags)
{
	const struct pf_follow *f = pmem2_preload_follow();
	int ret = NEXT(sync_file_range)(fd, offset, length, flags);

	if (f != NULL && ret == 0)
		f->look(SITE);
	return ret;
}
