/* SPDX-License-Identifier: BSD-3-Clause */
/* ranges.h -- which lines of which maps an operation flushes, and what a drain looks at. */
#ifndef POWERFAIL_RANGES_H
#define POWERFAIL_RANGES_H

#include "engine.h"

/* What an operation does, as flags. */
enum {
	PF_FLUSHES = 1,
	PF_DRAINS = 2,
	PF_COPIED = 4, /* it is a copy */
	PF_MSYNC = 8,  /* by msync(2): whole pages, durable at once */
	PF_FENCE = 16, /* at BYTE, where a fence is enough */
	PF_LATER = 32, /* as by msync(2), but durable only by one with PF_NOTED */
	PF_NOTED = 64, /* with PF_MSYNC: only lines that this thread has flushed with PF_LATER, */
	PF_ANY = 128,  /* or any thread has */
	PF_FILE = 256, /* with PF_MSYNC: all of a file, what did not change is no waste */
};

/* Who called an operation, and from where. */
struct pf_actor {
	struct pf_thread *thread;
	uint32_t stack;
};

/* Does what the flags say to [ptr, ptr + size). Under the engine's lock. */
void pmem2_pf_ranges_act(struct pf_actor actor, const void *ptr, size_t size, unsigned what);

/*
 * An msync(2) of a range begins, which takes its time: what is there now, of whole pages, is pending until
 * it ends. what: PF_FILE or 0.
 */
void pmem2_pf_ranges_sync(const struct pf_actor *actor, const void *ptr, size_t size,
	unsigned what);

/* It ended: what the thread has pending by msync(2) is durable. */
void pmem2_pf_ranges_synced(const struct pf_actor *actor);

#endif
