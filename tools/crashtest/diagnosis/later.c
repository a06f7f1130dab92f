/* SPDX-License-Identifier: BSD-3-Clause */
/* later.c -- what the program stored only after an image that fails. */
#include "later.h"

#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "experiment.h"
#include "powerfail/model.h"
#include "powerfail/volatile.h"
#include "replay/replay.h"
#include "replay/sight.h"
#include "replay/trace.h"

enum { DRAINS = 8, LINES = 256 };

/* A line that is to change, as it is by now. */
static struct bytes *line_of(struct later *l, const struct replay *r, struct pf_medium *m,
	size_t line, uint64_t event)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->bytes[i].medium == m && l->bytes[i].line == line) {
			l->event[i] = event;
			return &l->bytes[i];
		}
	if (l->count > LINES || !array_grow(&l->bytes, l->count, &l->room, sizeof(*l->bytes)) ||
		!array_grow(&l->event, l->count, &l->event_room, sizeof(*l->event)))
		return NULL;
	l->event[l->count] = event;
	l->bytes[l->count] = (struct bytes){.medium = m, .line = line, .size = PF_LINE};
	memcpy(l->bytes[l->count].content, pmem2_pf_model_last(r->model, m, line), PF_LINE);
	return &l->bytes[l->count++];
}

static bool change(struct later *l, const struct replay *r, struct pf_medium *m, size_t at,
	const char *content, size_t size, uint64_t event)
{
	for (size_t n; size > 0; at += n, content += n, size -= n) {
		size_t begin = at % PF_LINE;
		const char *now = pmem2_pf_model_last(r->model, m, at / PF_LINE) + begin;
		struct bytes *b;
		char kept[PF_LINE];

		n = size < PF_LINE - begin ? size : PF_LINE - begin;
		for (size_t i = 0; i < l->count; i++)
			if (l->bytes[i].medium == m && l->bytes[i].line == at / PF_LINE)
				now = l->bytes[i].content + begin;
		if (pmem2_pf_volatile_alike(m, at, now, content, n))
			continue;
		b = line_of(l, r, m, at / PF_LINE, event);
		if (b == NULL)
			return false;
		memcpy(kept, b->content, PF_LINE);
		memcpy(b->content + begin, content, n);
		pmem2_pf_volatile_copy(m, at / PF_LINE, b->content, kept);
	}
	return true;
}

/* false: too much changes */
static bool follow(struct later *l, const struct replay *r, const struct pf_record *record,
	uint64_t event)
{
	enum pf_record_kind kind = pmem2_pf_record_kind(record);
	const struct pf_record_lines *lines = (const struct pf_record_lines *)record;
	const struct pf_record_store *s = (const struct pf_record_store *)record;
	size_t first;

	if (kind == PF_RECORD_STORE)
		return s->file >= r->media_count ||
		       s->offset + s->length > r->media[s->file]->capacity ||
		       change(l, r, r->media[s->file], s->offset, s->bytes, s->length, event);
	if (kind != PF_RECORD_FLUSH && kind != PF_RECORD_DIRTY)
		return true;
	if (lines->file >= r->media_count || lines->length == 0 ||
		lines->offset + lines->length + PF_LINE > r->media[lines->file]->capacity)
		return true;
	first = lines->offset / PF_LINE;
	return change(l, r, r->media[lines->file], first * PF_LINE, lines->content,
		((lines->offset + lines->length + PF_LINE - 1) / PF_LINE - first) * PF_LINE, event);
}

/* Counts what is needed to pass alone. */
static void reduce(struct experiment *e, const uint8_t *choice, struct later *l)
{
	for (size_t i = l->count; i-- > 0 && l->count > 1 && !e->failed;) {
		struct bytes kept = l->bytes[i];
		uint64_t event = l->event[i];

		l->count--;
		l->bytes[i] = l->bytes[l->count];
		l->event[i] = l->event[l->count];
		if (!experiment_fails_with(e, choice, l->bytes, l->count) && e->passed) {
			l->bytes[l->count] = kept;
			l->event[l->count] = event;
			continue;
		}
		l->bytes[l->count] = l->bytes[i];
		l->event[l->count] = l->event[i];
		l->count++;
		l->bytes[i] = kept;
		l->event[i] = event;
	}
}

/* In the order in which the program has them so. */
static void sort(struct later *l)
{
	for (size_t i = 1; i < l->count; i++)
		for (size_t j = i; j > 0 && l->event[j - 1] > l->event[j]; j--) {
			struct bytes bytes = l->bytes[j];
			uint64_t event = l->event[j];

			l->bytes[j] = l->bytes[j - 1];
			l->event[j] = l->event[j - 1];
			l->bytes[j - 1] = bytes;
			l->event[j - 1] = event;
		}
}

/* Whether it changes a line that lost something by choice, or one that is kept then. */
static bool touches(const struct experiment *e, const uint8_t *choice, const struct later *l)
{
	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];

		if (choice == e->live || (!experiment_is_lost(e, i) && e->failing[i] == 0))
			continue;
		for (size_t j = 0; j < l->count; j++)
			if (l->bytes[j].medium == u->medium && l->bytes[j].line == u->line)
				return true;
	}
	return false;
}

bool later_find(struct experiment *e, const uint8_t *choice, struct later *l)
{
	const struct replay *r = e->replay;
	unsigned drains = 0;

	for (uint64_t i = r->event + 1; i <= r->trace->records + 1 && drains <= DRAINS; i++) {
		const struct pf_record *record = trace_record(r->trace, i);
		bool drain = record == NULL || pmem2_pf_record_kind(record) == PF_RECORD_DRAIN;

		if (!drain && !follow(l, r, record, i))
			return false;
		if (!drain || (drains++ == 0 && record != NULL) || l->count == 0)
			continue;
		if (touches(e, choice, l))
			return false;
		experiment_fails_with(e, choice, l->bytes, l->count);
		if (!e->passed || e->failed || e->over)
			continue;
		l->all = l->count;
		if (l->count <= 64) {
			reduce(e, choice, l);
			sort(l);
		}
		return true;
	}
	return false;
}

void later_free(struct later *l)
{
	free(l->bytes);
	free(l->event);
}
