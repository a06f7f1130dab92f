/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_lines.c -- what records of stores and of lines do to the model. */
#include "replay_parts.h"

#include <libpmem2.h>
#include <string.h>

#include "powerfail/model.h"
#include "powerfail/report.h"
#include "replay.h"
#include "trace.h"

static void count_flush(struct replay *r, const struct pf_record_lines *l, enum pf_flushed flushed)
{
	if (flushed == PF_REDUNDANT || flushed == PF_TWICE)
		pmem2_pf_report_count(r->report,
			flushed == PF_TWICE ? PF_REPEATED_FLUSH : PF_REDUNDANT_FLUSH,
			l->record.stack, l->file, l->offset, l->length);
}

/* What a store leaves in each line that it has a part in. */
void replay_store(struct replay *r, const struct pf_record_store *s)
{
	struct pf_origin origin = {r->event, s->record.stack};
	bool streams = (s->flags & PF_STORE_NON_TEMPORAL) != 0;
	struct pf_thread *t = streams ? replay_know_thread(r, s->record.thread) : NULL;
	struct pf_medium *m = replay_medium(r, s->file, s->offset + s->length);
	size_t end = s->offset + s->length;

	r->stores++;
	r->unseen += (s->flags & PF_STORE_UNSEEN) != 0;
	for (size_t at = s->offset; m != NULL && at < end;) {
		size_t line = at / PF_LINE, begin = at % PF_LINE;
		size_t n = end - at < PF_LINE - begin ? end - at : PF_LINE - begin;
		char content[PF_LINE];

		memcpy(content, pmem2_pf_model_last(r->model, m, line), PF_LINE);
		memcpy(content + begin, s->bytes + (at - s->offset), n);
		if (t != NULL)
			pmem2_pf_model_stream(r->model, t, m, line, content, begin, n, origin);
		else if (!streams)
			pmem2_pf_model_store(r->model, m, line, content, origin);
		at += n;
	}
}

/* What is flushed is what was stored, where all stores are in the trace; else it is a store that nobody saw. */
static void check_content(struct replay *r, struct pf_medium *m, size_t line, const char *content)
{
	if (r->trace->reader.header->recorder != PF_RECORDER_EXACT ||
		pmem2_pf_same_line(content, pmem2_pf_model_last(r->model, m, line)))
		return;
	r->unseen++;
	pmem2_pf_model_store(r->model, m, line, content, (struct pf_origin){r->event, 0});
}

/* Whether a flush is complete when it returns, as CLFLUSH is for what went through the caches. */
static bool is_complete(const struct replay *r, const struct pf_record_lines *l,
	const struct pf_medium *m, size_t line)
{
	return pmem2_pf_flush_kind(l) == PF_FLUSH_CLFLUSH &&
	       !pmem2_pf_model_has_streams(r->model, m, line);
}

/* What is visible there is durable: stores become visible in their order, and all are seen at a drain. */
static void apply_visible(struct replay *r, struct pf_medium *m, size_t line, const char *content)
{
	r->visible = r->visible || !pmem2_pf_same_line(content, pmem2_pf_medium_line(m, line));
	pmem2_pf_model_write(r->model, m, line, content);
}

static void apply_flush(struct replay *r, struct pf_thread *t, const struct pf_record_lines *l,
	struct pf_medium *m, size_t line, const char *content)
{
	struct pf_origin origin = {r->event, l->record.stack};

	check_content(r, m, line, content);
	if (is_complete(r, l, m, line))
		pmem2_pf_model_write(r->model, m, line, content);
	else
		count_flush(r, l, pmem2_pf_model_flush(r->model, t, m, line, content, origin));
}

/* Flushes that end where memory may keep nothing. */
static bool is_short(const struct pf_record_lines *l)
{
	return pmem2_pf_flush_kind(l) == PF_FLUSH_DC_CVAC ||
	       pmem2_pf_flush_kind(l) == PF_FLUSH_DC_CIVAC;
}

/* A file has the newest size that is known of it: images of it may be as long. */
static void follow_size(struct replay *r, const struct pf_record_lines *l)
{
	struct pf_medium *m = replay_medium(r, l->file & ~PF_SIZE_OF, 0);
	size_t size = pmem2_pf_medium_get_size(l->content);

	if (m != NULL)
		replay_medium(r, m->id, size);
	if (m != NULL && !r->failed)
		m->size = size;
}

void replay_lines(struct replay *r, const struct pf_record_lines *l)
{
	enum pf_record_kind kind = pmem2_pf_record_kind(&l->record);
	struct pf_origin origin = {r->event, l->record.stack};
	struct pf_thread *t =
		kind == PF_RECORD_FLUSH ? replay_know_thread(r, l->record.thread) : NULL;
	struct pf_medium *m = replay_medium(r, l->file, l->offset + l->length);
	size_t first = l->offset / PF_LINE, end = (l->offset + l->length + PF_LINE - 1) / PF_LINE;
	const char *there = l->content;

	if (m != NULL && pmem2_pf_medium_is_size(m) && l->offset == 0 && l->length > 0)
		follow_size(r, l);
	r->report->flushes += kind == PF_RECORD_FLUSH;
	if (kind == PF_RECORD_FLUSH && is_short(l)) {
		r->short_flushes++;
		if (!r->coherent)
			return;
	}
	for (size_t line = first; m != NULL && line < end; line++, there += PF_LINE) {
		char content[PF_LINE];

		memcpy(content, there, PF_LINE);
		if (r->correct != NULL)
			r->correct(r->before_arg, r, m, line, content);
		if (kind == PF_RECORD_WRITTEN)
			pmem2_pf_model_write(r->model, m, line, content);
		else if (m->granularity == PMEM2_GRANULARITY_BYTE)
			apply_visible(r, m, line, content);
		else if (kind == PF_RECORD_DIRTY)
			pmem2_pf_model_dirty(r->model, m, line, content, origin);
		else if (t != NULL)
			apply_flush(r, t, l, m, line, content);
		r->report->lines += kind == PF_RECORD_FLUSH;
	}
}
