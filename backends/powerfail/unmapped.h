/* SPDX-License-Identifier: BSD-3-Clause */
/* unmapped.h -- what system calls do to a file, whether a part of it is mapped or not. */
#ifndef POWERFAIL_UNMAPPED_H
#define POWERFAIL_UNMAPPED_H

#include "ranges.h"

/* The file that a descriptor is open on, if it was ever mapped; or NULL. Under the engine's lock, as all. */
struct pf_medium *pmem2_pf_unmapped_find(int fd);

/* Notes the size that a file has now: pmem2_pf_sizes_note(). */
void pmem2_pf_unmapped_resized(struct pf_who who, struct pf_medium *medium, int fd);

/* Notes what was written to a part of a file: a power cut may take it, or leave it. */
void pmem2_pf_unmapped_note(struct pf_who who, struct pf_medium *medium, int fd, size_t offset,
	size_t length);

/* An fsync(2) begins: what of the file is not durable, and not mapped, and its size, are pending until it ends. */
void pmem2_pf_unmapped_sync(const struct pf_actor *actor, struct pf_medium *medium, int fd);

#endif
