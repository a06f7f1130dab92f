/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * follow.h -- what the backend powerfail offers beside the contract of backends: to follow mappings that a program
 * makes without the library.
 *
 * The recorder preload uses it. All functions may be called from any thread, and keep errno. In a call that the
 * backend itself makes they do nothing.
 */
#ifndef POWERFAIL_FOLLOW_H
#define POWERFAIL_FOLLOW_H

#include <libpmem2/base.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PF_GRADE_NONE = -1 };

struct pf_follow {
	/* Whether this thread is in the backend now: what it maps is the backend's own. */
	bool (*is_inside)(void);

	/* ---- mappings ---- */

	/* A shared mapping of a file has begun. fd: of the file, -1 if it is not known. 0 or -errno. */
	int (*mapped)(void *address, size_t length, int fd, enum pmem2_granularity granularity);

	/* The mappings in a range are about to end, or to be replaced. */
	void (*unmapping)(void *address, size_t length);

	/* A mapping has been moved, made longer, or made shorter at its end. */
	void (*moved)(void *from, size_t length, void *to, size_t new_length);

	/* The coarsest granularity in a range; PF_GRADE_NONE: a part of it is not followed. */
	int (*grade)(const void *address, size_t length);

	/* The mappings that have a part in a range are of that granularity from now on. */
	void (*regrade)(void *address, size_t length, enum pmem2_granularity granularity);

	/* ---- msync(2) and its like: what is there as it begins is durable when it ends ---- */

	/* site: where the program calls from. Whether something is there that is followed. */
	bool (*sync_begins)(const void *address, size_t length, const void *site);
	bool (*file_sync_begins)(int fd, const void *site);

	/* After one of these that returned true. done: it succeeded; else nothing is durable. */
	void (*sync_ends)(bool done, const void *site);

	/* ---- what changes without a store ---- */

	/* A system call has changed length bytes of a file at offset, or its size. */
	void (*file_changed)(int fd, off_t offset, size_t length, const void *site);

	/* The kernel may begin to write now: looks at what is there. */
	void (*look)(const void *site);
};

#define PF_FOLLOW_SYMBOL "pmem2_pf_follow_v1"

extern __attribute__((visibility("default"))) const struct pf_follow pmem2_pf_follow_v1;

#endif
