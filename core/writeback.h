/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * writeback.h -- what the kernel has said of each mapped file's writeback.
 *
 * Linux keeps a failed writeback for each open file description, and tells it once: the next
 * msync(2) through that description returns 0, although the pages are lost. So the library keeps it: by
 * device and inode, for as long as the process has a map of the file.
 */
#ifndef PMEM2_WRITEBACK_H
#define PMEM2_WRITEBACK_H

#include <stdint.h>
#include <sys/types.h>

struct pmem2_file;

/* The file's entry, for one map more. NULL: no memory. Takes a lock. */
struct pmem2_file *pmem2_writeback_join(dev_t device, ino_t inode);

/* For one map less; NULL does nothing. Takes a lock. */
void pmem2_writeback_leave(struct pmem2_file *file);

/*
 * Brackets a call that writes the file. end takes its outcome, 0 or a positive errno, and
 * returns once every call on the file that another thread had begun before has recorded its own: the
 * kernel may have told the failure of this call's pages to that one. Neither takes a lock; end waits for
 * others only where some are at work. file NULL: not kept.
 */
struct pmem2_writing *pmem2_writeback_begin(struct pmem2_file *file);
void pmem2_writeback_end(struct pmem2_file *file, struct pmem2_writing *writing, int error);

/*
 * The errno, positive, of the latest failure if there were more than `since`; else 0. The caller tells the
 * program, which counts as told. file NULL: 0.
 */
int pmem2_writeback_error(struct pmem2_file *file, uint64_t since);

/* How many failures the program has been told of. */
uint64_t pmem2_writeback_told(const struct pmem2_file *file);

#endif
