/* SPDX-License-Identifier: BSD-3-Clause */
/* act.c -- what operations of the program call. */
#include "act.h"

#include <errno.h>

#include "family.h"
#include "powerfail/frames.h"
#include "records.h"
#include "session.h"
#include "settings.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static void find_stack(struct pf_frames *frames, const void *site)
{
	if (engine->settings->stacks) {
		pmem2_pf_frames_unwind(frames, site);
	} else {
		frames->count = 1;
		frames->frame[0] = (uintptr_t)site;
	}
}

bool pmem2_pf_act_begin(struct pf_actor *actor, const void *site)
{
	struct pf_frames frames;

	find_stack(&frames, site);
	if (!pmem2_pf_session_enter())
		return false;
	actor->thread = pmem2_pf_engine_thread();
	if (actor->thread == NULL) {
		pmem2_pf_session_leave();
		return false;
	}
	actor->stack = pmem2_pf_record_stack(&frames);
	engine->events++;
	if (engine->said_path[0] != '\0' || *engine->ops)
		pmem2_pf_record_said();
	pmem2_pf_family_follow();
	return true;
}

void pmem2_pf_act_end(void)
{
	pmem2_pf_session_leave();
}

void pmem2_pf_act(const void *ptr, size_t size, unsigned what, const void *site)
{
	struct pf_actor actor;
	int saved = errno;

	if (engine->map_count == 0)
		return;
	if (pmem2_pf_act_begin(&actor, site)) {
		pmem2_pf_ranges_act(&actor, ptr, size, what);
		pmem2_pf_act_end();
	}
	errno = saved;
}
