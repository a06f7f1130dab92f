/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * interpose.h -- msync, mmap and munmap as this program defines them, in front of the C library's: they
 * record, fail when told to, and else make the system call.
 */
#ifndef TESTS_INTERPOSE_H
#define TESTS_INTERPOSE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct msync_call {
	uintptr_t start, end;
	int flags;
	int result; /* errno, or 0 */
};

/* what was asked for since the start, up to 64 calls */
extern struct msync_call msyncs[64];
extern size_t msync_count;

/* the next `times` calls fail with that errno; once `after` more have gone well */
void fail_msync(int error, int times, int after);
void fail_mmap(int error, int times, int after);
void fail_munmap(int error, int times, int after);
extern bool fail_files_only; /* fail_mmap is about mappings of files */
extern int mmap_count;

/*
 * What mmap with MAP_SYNC returns: as the file system decides; an errno; or granted, as on a
 * file system with DAX, by a mapping without it.
 */
enum { SYNC_ASKED = -1, SYNC_GRANTED = 0 };
extern int map_sync;

/* calls that asked the file system to map over what may be somebody's: MAP_FIXED with a file */
extern int mmap_over_count;

/* Does a call with MS_SYNC, answered 0 or ENOMEM, cover each byte of [start, start + size)? */
bool was_synced(const void *start, size_t size);

#endif
