/* SPDX-License-Identifier: BSD-3-Clause */
/* history.c -- what the trace tells about lines that are lost. */
#include "diagnose.h"

size_t diagnosis_named_length(const struct diagnosis *d, const struct pf_version *v)
{
	struct replay r;
	const struct pf_record *record = NULL;
	size_t length = 0;

	if (v == NULL || v->thread == NULL || replay_open(&r, d->options->trace) != 0)
		return 0;
	for (uint64_t i = 0; i < v->event; i++)
		record = pmem2_pf_reader_next(&r.reader);
	if (record != NULL && pmem2_pf_record_kind(record) == PF_RECORD_FLUSH)
		length = ((const struct pf_record_lines *)record)->length;
	replay_close(&r);
	return length;
}

/* A run of lines that were flushed one after another, without a drain between. */
struct run_of_lines {
	size_t begin, end;
	bool long_range; /* a flush of more than a word was among them */
};

static void follow_run(struct run_of_lines *run, const struct pf_record_lines *l)
{
	size_t first = l->offset / PF_LINE, end = (l->offset + l->length - 1) / PF_LINE + 1;

	if (first > run->end || first + 1 < run->end)
		*run = (struct run_of_lines){.begin = first};
	run->end = end;
	run->long_range = run->long_range || l->length > sizeof(uint64_t);
}

bool diagnosis_is_behind_flush(const struct diagnosis *d, const struct unit *u, uint64_t event)
{
	struct replay r;
	struct run_of_lines run = {0};
	const struct pf_record *record;
	bool behind = false;

	if (replay_open(&r, d->options->trace) != 0)
		return false;
	for (uint64_t i = 0; i < event && (record = pmem2_pf_reader_next(&r.reader)) != NULL; i++) {
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;

		if (pmem2_pf_record_kind(record) == PF_RECORD_DRAIN)
			run.end = run.begin = SIZE_MAX / 2;
		if (pmem2_pf_record_kind(record) != PF_RECORD_FLUSH || l->file != u->medium->id ||
			l->length == 0)
			continue;
		follow_run(&run, l);
		if (run.end == u->line)
			behind = run.long_range || run.end - run.begin > 1;
	}
	replay_close(&r);
	return behind;
}
