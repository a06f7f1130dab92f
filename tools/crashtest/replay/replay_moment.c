/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_moment.c -- goes through a trace up to one moment. */
#include "powerfail/trace_read.h"
#include "replay.h"

bool replay_settles(const struct pf_record *record)
{
	enum pf_record_kind kind = pmem2_pf_record_kind(record);

	return kind == PF_RECORD_DRAIN ||
	       (kind == PF_RECORD_FLUSH &&
		       pmem2_pf_flush_kind((const struct pf_record_lines *)record) ==
			       PF_FLUSH_CLFLUSH);
}

bool replay_towards(struct replay *r, uint64_t event)
{
	const struct pf_record *record;

	while (r->event < event && (record = replay_next(r)) != NULL) {
		if (replay_settles(record))
			return r->event + 1 == event;
		replay_apply(r, record);
	}
	return true;
}

int replay_to(struct replay *r, uint64_t event)
{
	while (!replay_towards(r, event))
		replay_apply(r, replay_next(r));
	return r->failed ? -1 : 0;
}
