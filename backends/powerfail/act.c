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

static const struct pf_actor nobody = {0};

/* Takes the lock, and is nobody without it. */
static inline struct pf_actor enter(void)
{
	struct pf_actor actor;

	if (!pmem2_pf_session_enter())
		return nobody;
	actor = (struct pf_actor){.thread = pmem2_pf_engine_thread()};
	if (actor.thread == NULL)
		pmem2_pf_session_leave();
	return actor;
}

/* Unwinds before it takes the lock: that may wait for the loader. */
static __attribute__((noinline)) struct pf_actor enter_unwound(const void *site)
{
	struct pf_frames frames;
	struct pf_actor actor;

	pmem2_pf_frames_unwind(&frames, site);
	actor = enter();
	if (actor.thread != NULL)
		actor.stack = pmem2_pf_record_stack(&frames);
	return actor;
}

static inline struct pf_actor begin(const void *site)
{
	bool unwinds = engine->settings->stacks;
	struct pf_actor actor = unwinds ? enter_unwound(site) : enter();

	if (actor.thread == NULL)
		return nobody;
	if (!unwinds)
		actor.stack = pmem2_pf_record_site(site);
	engine->events++;
	if (engine->notes_said)
		pmem2_pf_record_said();
	pmem2_pf_family_follow();
	return actor;
}

bool pmem2_pf_act_begin(struct pf_actor *actor, const void *site)
{
	*actor = begin(site);
	return actor->thread != NULL;
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
	actor = begin(site);
	if (actor.thread != NULL) {
		pmem2_pf_ranges_act(actor, ptr, size, what);
		pmem2_pf_session_leave();
	}
	errno = saved;
}
