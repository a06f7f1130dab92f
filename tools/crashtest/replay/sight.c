/* SPDX-License-Identifier: BSD-3-Clause */
/* sight.c -- when a content of some bytes is first in a trace, and when it was flushed and became durable. */
#include "sight.h"

#include <string.h>

#include "powerfail/model.h"
#include "powerfail/volatile.h"
#include "trace.h"

enum { FAR = 1 << 20 }; /* records that are looked through backwards */

static bool is_drain(const struct pf_record *record)
{
	return pmem2_pf_record_kind(record) == PF_RECORD_DRAIN;
}

uint64_t sight_next_drain(const struct trace *trace, uint64_t event)
{
	for (; event <= trace->records; event++)
		if (event > 0 && is_drain(trace_record(trace, event)))
			return event;
	return 0;
}

uint64_t sight_last_drain(const struct trace *trace, uint64_t event)
{
	while (event > 1)
		if (is_drain(trace_record(trace, --event)))
			return event;
	return 0;
}

/* What a record says of some bytes: nothing, that they hold something else, that they hold the content. */
enum says { SILENT, OTHER, SAME };

static enum says lines_say(const struct pf_record_lines *l, const struct bytes *b)
{
	size_t first = l->offset / PF_LINE, end = (l->offset + l->length + PF_LINE - 1) / PF_LINE;
	const char *content;

	if (l->file != b->medium->id || l->length == 0 || b->line < first || b->line >= end)
		return SILENT;
	content = l->content + (b->line - first) * PF_LINE + b->at;
	return pmem2_pf_volatile_alike(b->medium, b->line * PF_LINE + b->at, content, b->content,
		       b->size)
	               ? SAME
	               : OTHER;
}

/* A store to a part of them says that they did not hold it before, if it changed something. */
static enum says store_says(const struct pf_record_store *s, const struct bytes *b)
{
	size_t begin = b->line * PF_LINE + b->at, end = begin + b->size;
	size_t from = s->offset > begin ? s->offset : begin;
	size_t to = s->offset + s->length < end ? s->offset + s->length : end;

	if (s->file != b->medium->id || from >= to ||
		pmem2_pf_volatile_covers(b->medium, from, to - from))
		return SILENT;
	return pmem2_pf_volatile_alike(b->medium, from, s->bytes + (from - s->offset),
		       b->content + (from - begin), to - from)
	               ? SAME
	               : OTHER;
}

static enum says record_says(const struct pf_record *record, const struct bytes *b)
{
	switch (pmem2_pf_record_kind(record)) {
	case PF_RECORD_FLUSH:
	case PF_RECORD_DIRTY:
	case PF_RECORD_WRITTEN:
		return lines_say((const struct pf_record_lines *)record, b);
	case PF_RECORD_STORE:
		return store_says((const struct pf_record_store *)record, b);
	default:
		return SILENT;
	}
}

/* A store past the caches is on its way as if it had been flushed. */
static bool is_flush(const struct pf_record *record)
{
	const struct pf_record_store *s = (const struct pf_record_store *)record;
	enum pf_record_kind kind = pmem2_pf_record_kind(record);

	return kind == PF_RECORD_FLUSH ||
	       (kind == PF_RECORD_STORE && (s->flags & PF_STORE_NON_TEMPORAL) != 0);
}

/* Goes back to the first record that has the content, and notes the first flush on the way. */
static void look_back(struct sight *s, const struct trace *trace, uint64_t event)
{
	enum says says = SILENT;

	for (uint64_t i = event, n = 0; i > 0 && n < FAR && says != OTHER; i--, n++) {
		const struct pf_record *record = trace_record(trace, i);

		says = record_says(record, &s->bytes);
		if (says != SAME)
			continue;
		s->seen = i;
		s->thread = record->thread;
		if (is_flush(record))
			s->flushed = i;
	}
}

/* Whether what the program named has a part in the bytes: a line is flushed with what else is in it. */
static bool names(const struct pf_record *record, const struct bytes *b)
{
	const struct pf_record_lines *l = (const struct pf_record_lines *)record;
	size_t begin = b->line * PF_LINE + b->at;

	return pmem2_pf_record_kind(record) == PF_RECORD_STORE ||
	       pmem2_pf_flush_kind(l) != PF_FLUSH_CALL ||
	       (l->offset < begin + b->size && begin < l->offset + l->length);
}

/* Up to the second drain after an event. */
static void look_ahead(struct sight *s, const struct trace *trace, uint64_t event)
{
	unsigned drains = 0;

	for (uint64_t i = event + 1; i <= trace->records && drains < 2 && s->flushed == 0; i++) {
		const struct pf_record *record = trace_record(trace, i);
		enum says says = record_says(record, &s->bytes);

		drains += is_drain(record);
		if (says == OTHER && s->seen > 0)
			return;
		if (says != SAME)
			continue;
		if (s->seen == 0)
			s->seen = i;
		if (s->seen == i)
			s->thread = record->thread;
		if (is_flush(record) && names(record, &s->bytes))
			s->flushed = i;
	}
}

/* The last flush of the line before it was first seen, with no drain of that thread between. */
static uint64_t early_flush(const struct sight *s, const struct trace *trace)
{
	const struct bytes line = {.medium = s->bytes.medium, .line = s->bytes.line};

	if (s->seen == 0 || is_flush(trace_record(trace, s->seen)))
		return 0;
	for (uint64_t i = s->seen - 1; i > 0; i--) {
		const struct pf_record *record = trace_record(trace, i);

		if (record->thread == s->thread && is_drain(record))
			return 0;
		if (record->thread == s->thread && is_flush(record) &&
			record_says(record, &line) != SILENT)
			return i;
	}
	return 0;
}

void sight_find(struct sight *s, const struct trace *trace, uint64_t event)
{
	look_back(s, trace, event);
	if (s->flushed == 0)
		look_ahead(s, trace, event);
	s->early = early_flush(s, trace);
	if (s->flushed == 0)
		return;
	s->thread = trace_record(trace, s->flushed)->thread;
	s->named = names(trace_record(trace, s->flushed), &s->bytes);
	for (uint64_t i = s->flushed + 1; s->drained == 0 && i <= trace->records; i++) {
		const struct pf_record *record = trace_record(trace, i);

		if (is_drain(record) && record->thread == s->thread)
			s->drained = i;
	}
}
