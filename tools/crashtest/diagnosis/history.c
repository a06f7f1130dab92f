/* SPDX-License-Identifier: BSD-3-Clause */
/* history.c -- what the records of a trace tell about lines that are lost. */
#include "history.h"

#include "images/units.h"
#include "powerfail/model.h"
#include "replay/trace.h"

size_t history_named_length(const struct trace *trace, const struct pf_version *v)
{
	const struct pf_record *record;
	const struct pf_record_lines *l;

	if (v == NULL || v->thread == NULL)
		return 0;
	record = trace_record(trace, v->event);
	l = record != NULL ? trace_lines(record, PF_RECORD_FLUSH) : NULL;
	return l != NULL ? l->length : 0;
}

/* A run of lines that were flushed one after another, without a drain between. */
struct run_of_lines {
	size_t begin, end;
	uint32_t stack;  /* of the last flush */
	bool long_range; /* a flush of more than a word was among them */
};

static void follow_run(struct run_of_lines *run, const struct pf_record_lines *l)
{
	size_t first = l->offset / PF_LINE, end = (l->offset + l->length - 1) / PF_LINE + 1;

	/* words that are flushed one by one, from different places, are no range */
	if (first > run->end || first + 1 < run->end ||
		(l->length <= sizeof(uint64_t) && l->record.stack != run->stack))
		*run = (struct run_of_lines){.begin = first};
	run->end = end;
	run->stack = l->record.stack;
	run->long_range = run->long_range || l->length > sizeof(uint64_t);
}

bool history_is_after_flush(const struct trace *trace, const struct unit *u, uint64_t event)
{
	struct run_of_lines run = {0};
	const struct pf_record *record;
	bool after = false;

	for (uint64_t i = 1; i <= event && (record = trace_record(trace, i)) != NULL; i++) {
		const struct pf_record_lines *l = trace_lines(record, PF_RECORD_FLUSH);

		if (pmem2_pf_record_kind(record) == PF_RECORD_DRAIN)
			run.end = run.begin = SIZE_MAX / 2;
		if (l == NULL || l->file != u->medium->id || l->length == 0)
			continue;
		follow_run(&run, l);
		if (l->offset / PF_LINE == u->line + 1)
			after = false; /* the range goes on behind it */
		if (run.end == u->line)
			after = run.long_range || run.end - run.begin > 1;
	}
	return after;
}

const struct pf_record_store *history_store(const struct trace *trace, uint64_t event)
{
	const struct pf_record *record = trace_record(trace, event);

	if (record == NULL || pmem2_pf_record_kind(record) != PF_RECORD_STORE)
		return NULL;
	return (const struct pf_record_store *)record;
}

bool history_drained(const struct trace *trace, uint64_t store, uint64_t event)
{
	const struct pf_record_store *s = history_store(trace, store);

	for (uint64_t i = store + 1; s != NULL && i <= event; i++) {
		const struct pf_record *record = trace_record(trace, i);

		if (record != NULL && pmem2_pf_record_kind(record) == PF_RECORD_DRAIN &&
			record->thread == s->record.thread)
			return true;
	}
	return false;
}

const struct pf_record_lines *history_flush_before(const struct trace *trace, uint64_t store)
{
	const struct pf_record_store *s = history_store(trace, store);

	for (uint64_t i = store; s != NULL && --i > 0;) {
		const struct pf_record *record = trace_record(trace, i);
		const struct pf_record_lines *l;

		if (record->thread != s->record.thread)
			continue;
		if (pmem2_pf_record_kind(record) == PF_RECORD_DRAIN)
			break;
		l = trace_lines(record, PF_RECORD_FLUSH);
		if (l != NULL && l->file == s->file && l->offset / PF_LINE <= s->offset / PF_LINE &&
			s->offset / PF_LINE < (l->offset + l->length + PF_LINE - 1) / PF_LINE)
			return l;
	}
	return NULL;
}
