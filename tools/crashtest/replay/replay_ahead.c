/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_ahead.c -- has the memory of lines loaded before the replay comes to their records. */
#include "powerfail/model.h"
#include "replay/replay.h"
#include "replay/replay_parts.h"
#include "replay/trace.h"

enum { AHEAD = 12 }; /* records: lines of a large file are in no cache */

void replay_look_ahead(const struct replay *r)
{
	const struct pf_record *record = trace_record(r->trace, r->event + AHEAD);
	const struct pf_record_lines *l;
	const struct pf_medium *m;

	if (record == NULL || (l = trace_lines(record, PF_RECORD_FLUSH)) == NULL ||
		l->file >= r->media_count)
		return;
	m = r->media[l->file];
	if (l->offset < m->capacity)
		__builtin_prefetch(pmem2_pf_medium_line(m, l->offset / PF_LINE), 1);
}
