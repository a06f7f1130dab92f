/* SPDX-License-Identifier: BSD-3-Clause */
/* frames.h -- the call stack of an operation. */
#ifndef POWERFAIL_FRAMES_H
#define POWERFAIL_FRAMES_H

#include <stddef.h>
#include <stdint.h>

enum { PF_FRAMES = 32 }; /* of a call stack, at most */

struct pf_frames {
	size_t count;
	uintptr_t frame[PF_FRAMES]; /* return addresses, innermost first */
};

/* The call stack of the caller, from the frame that returns to site on. */
void pmem2_pf_frames_unwind(struct pf_frames *frames, const void *site);

#endif
