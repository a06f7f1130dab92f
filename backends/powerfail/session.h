/* SPDX-License-Identifier: BSD-3-Clause */
/* session.h -- the backend's life in a process: start, fork, the end of a mapping, exit. */
#ifndef POWERFAIL_SESSION_H
#define POWERFAIL_SESSION_H

#include "engine.h"

/* Makes the backend ready: 0 or -errno; once it is, at no cost. Any thread. */
int pmem2_pf_session_start(void);

/* Begins a child's own session, under the lock. */
void pmem2_pf_session_begin_again(void);

/*
 * Takes the engine's lock, after the start. false: this is a signal handler that interrupted the
 * lock's holder. In a child process, the first call begins a session of the child's own.
 */
static inline bool pmem2_pf_session_enter(void)
{
	if (!pmem2_pf_engine_lock())
		return false;
	if (pmem2_pf_engine_is_child())
		pmem2_pf_session_begin_again();
	return true;
}

static inline void pmem2_pf_session_leave(void)
{
	pmem2_pf_engine_unlock();
}

/*
 * A mapping has begun, under the lock: records it. written: what its file holds may have been changed
 * while no mapping was there.
 */
void pmem2_pf_session_attach(struct pf_map *map, bool written);

/*
 * A mapping is about to end, under the lock: records and reports what of it is lost. gone: its memory shows
 * something else by now, and is not looked at.
 */
void pmem2_pf_session_detach(struct pf_map *map, bool gone);

#endif
