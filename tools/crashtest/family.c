/* SPDX-License-Identifier: BSD-3-Clause */
/* family.c -- what the first process of a family made durable after a child of it had ended. */
#include "family.h"

#include <stdlib.h>
#include <string.h>

#include "powerfail/model.h"
#include "replay/replay.h"
#include "replay/trace.h"

enum { MOST = 1000 }; /* lines for which the trace is gone through */

struct family {
	const char *path; /* of the first process's trace */
	uint32_t child;   /* the family that a child is of: its first process */
	unsigned asked;   /* lines of children that are durable there */
	bool looked;      /* the trace was looked at */
	bool known;       /* and is whole: */
	struct trace trace;
	struct replay replay; /* at its end */
};

struct family *family_new(const char *path)
{
	struct family *f = calloc(1, sizeof(*f));

	if (f != NULL)
		f->path = path;
	return f;
}

/* A note says that something is not in the trace. */
static bool is_whole(const struct trace *t)
{
	for (uint64_t i = 1; i <= t->records; i++)
		if (pmem2_pf_record_kind(trace_record(t, i)) == PF_RECORD_NOTE)
			return false;
	return t->error[0] == '\0';
}

static bool go_to_end(struct replay *r)
{
	const struct pf_record *record;

	while ((record = replay_next(r)) != NULL)
		replay_apply(r, record);
	return r->exited && !r->broken && !r->failed;
}

static void look(struct family *f)
{
	const struct pf_trace_header *h;

	f->looked = true;
	if (trace_open(&f->trace, f->path) != 0)
		return;
	h = f->trace.reader.header;
	f->known = h->family == h->process && is_whole(&f->trace) &&
	           replay_open(&f->replay, &f->trace) == 0 && go_to_end(&f->replay);
	if (f->known)
		return;
	if (f->replay.trace != NULL)
		replay_close(&f->replay);
	trace_close(&f->trace);
}

static const struct pf_medium *find(const struct replay *r, const char *path)
{
	for (size_t i = 0; i < r->media_count; i++)
		if (strcmp(r->media[i]->path, path) == 0)
			return r->media[i];
	return NULL;
}

/* The last record that is about a line. */
static const struct pf_record *last_of(const struct trace *t, const struct pf_medium *m,
	size_t line, uint64_t *event)
{
	for (*event = t->records; *event > 0; --*event) {
		const struct pf_record *record = trace_record(t, *event);
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		if ((kind == PF_RECORD_FLUSH || kind == PF_RECORD_DIRTY ||
			    kind == PF_RECORD_WRITTEN) &&
			l->file == m->id && l->length > 0 && l->offset / PF_LINE <= line &&
			line <= (l->offset + l->length - 1) / PF_LINE)
			return record;
	}
	return NULL;
}

/*
 * Whether it flushed the line last, and drained that. What a file held when it was mapped is only taken for durable, and
 * so is what changed without a mapping.
 */
static bool is_drained(const struct trace *t, const struct pf_medium *m, size_t line)
{
	uint64_t event;
	const struct pf_record *flush = last_of(t, m, line, &event);

	if (flush == NULL || pmem2_pf_record_kind(flush) != PF_RECORD_FLUSH)
		return false;
	while (++event <= t->records) {
		const struct pf_record *record = trace_record(t, event);

		if (pmem2_pf_record_kind(record) == PF_RECORD_DRAIN &&
			record->thread == flush->thread)
			return true;
	}
	return false;
}

/* Whether all bytes that are lost were made durable there, as they are. */
static bool is_later(void *arg, const struct pf_version *v)
{
	struct family *f = arg;
	const struct pf_medium *m = NULL;
	const char *was = pmem2_pf_medium_line(v->medium, v->line), *is;

	if (!f->looked)
		look(f);
	if (f->known && f->trace.reader.header->process == f->child)
		m = find(&f->replay, v->medium->path);
	if (m == NULL || (v->line + 1) * PF_LINE > m->capacity || f->asked == MOST)
		return false;
	is = pmem2_pf_medium_line(m, v->line);
	for (size_t i = 0; i < PF_LINE; i++)
		if (v->content[i] != was[i] && v->content[i] != is[i])
			return false;
	f->asked++;
	return is_drained(&f->trace, m, v->line);
}

void family_follow(struct family *f, struct replay *child)
{
	const struct pf_trace_header *h = child->trace->reader.header;

	if (h->family == 0 || h->family == h->process)
		return;
	f->child = h->family;
	child->is_later = is_later;
	child->later_arg = f;
}

void family_free(struct family *f)
{
	if (f != NULL && f->known) {
		replay_close(&f->replay);
		trace_close(&f->trace);
	}
	free(f);
}
