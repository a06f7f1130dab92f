/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * interpose.c -- see interpose.h.
 */
#include "interpose.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SEEN __attribute__((visibility("default")))

struct msync_call msyncs[64];
size_t msync_count;
int mmap_count;
bool fail_files_only;
int map_sync = SYNC_ASKED;
int mmap_over_count;

struct failure {
	int error, times, after;
};
static struct failure of_msync, of_mmap, of_munmap;

void fail_msync(int error, int times, int after)
{
	of_msync = (struct failure){error, times, after};
}

void fail_mmap(int error, int times, int after)
{
	of_mmap = (struct failure){error, times, after};
}

void fail_munmap(int error, int times, int after)
{
	of_munmap = (struct failure){error, times, after};
}

/* errno, or 0: the call goes through */
static int due(struct failure *f)
{
	if (f->after > 0) {
		f->after--;
		return 0;
	}
	if (f->times <= 0)
		return 0;
	f->times--;
	return f->error;
}

SEEN int msync(void *addr, size_t size, int flags)
{
	int error = due(&of_msync);
	if (!error && syscall(SYS_msync, addr, size, flags))
		error = errno;
	if (msync_count < 64)
		msyncs[msync_count] =
			(struct msync_call){(uintptr_t)addr, (uintptr_t)addr + size, flags, error};
	msync_count++;
	if (error)
		errno = error;
	return error ? -1 : 0;
}

SEEN int munmap(void *addr, size_t size)
{
	int error = due(&of_munmap);
	if (error) {
		errno = error;
		return -1;
	}
	return (int)syscall(SYS_munmap, addr, size);
}

/* a program that asks for 64-bit offsets calls the second; on 64-bit machines they are one */
SEEN void *plain_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset) __asm__(
	"mmap");
SEEN void *large_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset) __asm__(
	"mmap64");

void *plain_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	mmap_count++;
	mmap_over_count += (flags & MAP_FIXED) && fd >= 0;
	int error = fail_files_only && fd < 0 ? 0 : due(&of_mmap);
	if ((flags & MAP_SYNC) && map_sync > 0)
		error = map_sync;
	if (error) {
		errno = error;
		return MAP_FAILED;
	}
	if ((flags & MAP_SYNC) && map_sync == SYNC_GRANTED)
		flags = (flags & ~(MAP_SYNC | MAP_SHARED_VALIDATE)) | MAP_SHARED;
	return (void *)syscall(SYS_mmap, addr, size, prot, flags, fd, offset);
}

void *large_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	return plain_mmap(addr, size, prot, flags, fd, offset);
}

bool was_synced(const void *start, size_t size)
{
	/* the kernel takes the whole of the last page */
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t at = (uintptr_t)start, end = at + size;
	for (bool moved = true; moved && at < end;) {
		moved = false;
		for (size_t i = 0; i < msync_count && i < 64; i++) {
			const struct msync_call *m = &msyncs[i];
			bool counts = (m->flags & MS_SYNC) && (!m->result || m->result == ENOMEM);
			if (counts && m->start <= at && m->end > at) {
				at = (m->end + page - 1) & ~(page - 1);
				moved = true;
			}
		}
	}
	return at >= end;
}
