/* SPDX-License-Identifier: BSD-3-Clause */
/* frames.c -- the call stack of an operation. */
#include "powerfail/frames.h"

#include <unwind.h>

struct unwinding {
	struct pf_frames *frames;
	uintptr_t site;
};

/* Frames of this backend come first, down to the one that returns to the site. */
static _Unwind_Reason_Code visit_frame(struct _Unwind_Context *context, void *arg)
{
	struct unwinding *u = arg;
	uintptr_t address = _Unwind_GetIP(context);

	if (u->frames->count == 0 && address != u->site)
		return _URC_NO_REASON;
	if (address == 0 || u->frames->count == PF_FRAMES)
		return _URC_END_OF_STACK;

	u->frames->frame[u->frames->count++] = address;
	return _URC_NO_REASON;
}

void pmem2_pf_frames_unwind(struct pf_frames *frames, const void *site)
{
	struct unwinding u = {frames, (uintptr_t)site};

	frames->count = 0;
	_Unwind_Backtrace(visit_frame, &u);
	/* cppcheck-suppress knownConditionTrueFalse ; visit_frame counts */
	if (frames->count == 0) { /* code without unwind tables */
		frames->count = 1;
		frames->frame[0] = u.site;
	}
}
