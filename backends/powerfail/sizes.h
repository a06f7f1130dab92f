/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sizes.h -- the size of a file, which a power cut may take back until the file is synced.
 *
 * POSIX promises no more. It is followed for files that the kernel writes in pages: a mapping with MAP_SYNC makes the
 * size durable with the first store to a page.
 */
#ifndef POWERFAIL_SIZES_H
#define POWERFAIL_SIZES_H

#include "lines.h"

/* A file has that size now, and may have had another before. Under the engine's lock, as all. */
void pmem2_pf_sizes_note(struct pf_who who, struct pf_medium *medium, size_t size);

/*
 * An fsync(2), fdatasync(2) or msync(2) of the file begins: its size is pending until that ends. Linux writes the size
 * with each of them.
 */
void pmem2_pf_sizes_sync(const struct pf_call *call, const struct pf_medium *medium);

#endif
