/* SPDX-License-Identifier: BSD-3-Clause */
/* act.c -- what operations of the program call. */
#include "act.h"

#include <errno.h>

#include "powerfail/frames.h"
#include "records.h"
#include "session.h"
#include "settings.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static void act(const void *ptr, size_t size, unsigned what, const struct pf_frames *frames)
{
	struct pf_actor actor = {.thread = pmem2_pf_engine_thread()};

	if (actor.thread == NULL)
		return;
	actor.stack = pmem2_pf_record_stack(frames);
	engine->events++;
	pmem2_pf_record_said();
	pmem2_pf_ranges_act(&actor, ptr, size, what);
}

void pmem2_pf_act(const void *ptr, size_t size, unsigned what, const void *site)
{
	struct pf_frames frames;
	int saved = errno;

	if (engine->map_count == 0)
		return;
	if (engine->settings->stacks) {
		pmem2_pf_frames_unwind(&frames, site);
	} else {
		frames.count = 1;
		frames.frame[0] = (uintptr_t)site;
	}

	if (pmem2_pf_session_enter()) {
		act(ptr, size, what, &frames);
		pmem2_pf_session_leave();
	}
	errno = saved;
}
