/* SPDX-License-Identifier: BSD-3-Clause */
/* session.c -- the backend's life in a process. */
#include "session.h"

#include <pthread.h>
#include <stdlib.h>

#include "changed.h"
#include "dirty.h"
#include "family.h"
#include "lost.h"
#include "outcome.h"
#include "powerfail/medium.h"
#include "records.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static bool is_wanted(void)
{
	return pmem2_pf_records_on() || pmem2_pf_outcome_is_wanted();
}

/* What the parent had pending is not this process's own, nor is the trace. */
void pmem2_pf_session_begin_again(void)
{
	pmem2_pf_engine_forked();
	pmem2_pf_changed_forked();
	pmem2_pf_family_forked();
	pmem2_pf_records_forked();
}

/* ---- mappings ---- */

void pmem2_pf_session_attach(struct pf_map *map, bool written)
{
	pmem2_pf_record_attach(map);
	if (written && pmem2_pf_map_has_pages(map))
		pmem2_pf_dirty_found(map); /* the kernel may have written it, or not */
	else if (written)
		pmem2_pf_dirty_written(map);
}

void pmem2_pf_session_detach(struct pf_map *map, bool gone)
{
	size_t first = pmem2_pf_outcome_findings();

	pmem2_pf_record_said();
	pmem2_pf_family_follow();
	if (is_wanted()) {
		if (!gone && map->granularity != PMEM2_GRANULARITY_BYTE)
			pmem2_pf_dirty_note(map, (struct pf_who){0}, true);
		/* what the kernel has yet to write is not lost by that */
		if (!map->medium->pages && pmem2_pf_lost_find(map) > 0)
			pmem2_pf_outcome_report(first);
	}
	pmem2_pf_record_detach(map);
}

/* ---- start and exit ---- */

/* A child that used no mapping has nothing to say. */
static void at_exit(void)
{
	if (!pmem2_pf_session_enter())
		return;
	if (!engine->forked || engine->events > 0) {
		engine->events++; /* what is found now is of this moment */
		pmem2_pf_record_said();
		pmem2_pf_family_follow();
		pmem2_pf_dirty_note(NULL, (struct pf_who){0}, true);
		pmem2_pf_record_exit();
		pmem2_pf_lost_find(NULL);
		pmem2_pf_outcome_report(0);
	}
	pmem2_pf_session_leave();
}

static int start_error;

/* What is mapped meanwhile is the backend's own. */
static void start(void)
{
	pmem2_pf_engine_starts(true);
	start_error = pmem2_pf_engine_init();
	if (start_error == 0)
		start_error = pmem2_pf_family_init();
	if (start_error == 0)
		start_error = pmem2_pf_records_begin();
	if (start_error == 0 && is_wanted())
		atexit(at_exit);
	pmem2_pf_engine_starts(false);
}

int pmem2_pf_session_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
	return start_error;
}
