/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * written.h -- which pages were written to since they were last asked for, as the kernel knows it
 * (userfaultfd in its asynchronous mode and PAGEMAP_SCAN, Linux 6.7).
 */
#ifndef POWERFAIL_WRITTEN_H
#define POWERFAIL_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins to watch a range of pages; false: the kernel does not offer it. */
bool pmem2_pf_written_watch(uintptr_t begin, uintptr_t end);

enum pf_written {
	PF_WRITTEN_ALL, /* pages that are not in memory, too: if they hold data, they may have been */
	PF_WRITTEN_PRESENT, /* pages in memory, or swapped out, alone */
};

/*
 * Calls visit for the pages of the range that were written to since the last call, or since they
 * are watched. false: it cannot be told any more, and some may have been visited.
 */
bool pmem2_pf_written(uintptr_t begin, uintptr_t end, enum pf_written which,
	void (*visit)(uintptr_t begin, uintptr_t end, void *arg), void *arg);

/* A child process watches nothing. */
void pmem2_pf_written_forked(void);

#endif
