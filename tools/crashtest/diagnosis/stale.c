/* SPDX-License-Identifier: BSD-3-Clause */
/* stale.c -- whether what was in a file before the program began is in the way of its recovery. */
#include "stale.h"

#include <stdlib.h>
#include <string.h>

#include "experiment.h"
#include "history.h"
#include "powerfail/model.h"
#include "powerfail/volatile.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"
#include "wording.h"

enum { WORD = 8, REGIONS = 48 };

/* Old words of a file, one after another: offsets of begin and end. */
struct region {
	size_t begin, end;
};

/* What the program named, in flushes and copies: a bit for each word. */
struct named {
	unsigned char *bits;
	size_t words;
};

static bool is_named(const struct named *n, size_t at)
{
	size_t word = at / WORD;

	return n->bits != NULL && word < n->words && (n->bits[word / 8] >> word % 8 & 1) != 0;
}

static void name_range(struct named *n, size_t begin, size_t end)
{
	for (size_t word = begin / WORD; word < n->words && word * WORD < end; word++)
		n->bits[word / 8] |= (unsigned char)(1u << word % 8);
}

static struct named find_named(const struct replay *r, const struct pf_medium *m)
{
	struct named n = {.words = m->snapshot_size / WORD};

	n.bits = calloc(1, n.words / 8 + 1);
	for (uint64_t event = 1; n.bits != NULL && event <= r->event; event++) {
		const struct pf_record_lines *l =
			trace_lines(trace_record(r->trace, event), PF_RECORD_FLUSH);
		const struct pf_record_store *s = history_store(r->trace, event);

		if (s != NULL && s->file == m->id)
			name_range(&n, s->offset, s->offset + s->length);
		/* an instruction flushes whole lines, whatever is meant */
		if (l != NULL && l->file == m->id && pmem2_pf_flush_kind(l) == PF_FLUSH_CALL)
			name_range(&n, l->offset, l->offset + l->length);
	}
	return n;
}

/* ---- regions ---- */

static const char *original(const struct replay *r, const struct pf_medium *m, size_t at)
{
	return r->trace->reader.base + m->snapshot_at + at;
}

static const char *live(const struct replay *r, const struct pf_medium *m, size_t at)
{
	return pmem2_pf_model_last(r->model, m, at / PF_LINE) + at % PF_LINE;
}

static bool is_changed(const struct replay *r, const struct pf_medium *m, size_t at)
{
	return memcmp(live(r, m, at), original(r, m, at), WORD) != 0;
}

static bool is_zero(const char *word)
{
	static const char zeros[WORD];

	return memcmp(word, zeros, WORD) == 0;
}

/* Whether a byte of the word needs no flush: it is no part of what is old. */
static bool is_volatile(const struct pf_medium *m, size_t at)
{
	uint64_t bytes = pmem2_pf_volatile_bytes(m, at / PF_LINE);

	return (bytes >> at % PF_LINE & 0xff) != 0;
}

/* What is in the way. */
struct stale {
	struct pf_medium *medium;
	size_t begin, end; /* offsets of the bytes */
};

struct finding {
	struct region *regions;
	size_t count;
	bool used, inside;
};

/* Whether there is room for what was found. */
static bool find_in(struct finding *f, const struct replay *r, const struct pf_medium *m,
	const struct named *named, size_t begin, size_t end)
{
	for (size_t at = begin; at + WORD <= end; at += WORD) {
		if (is_volatile(m, at)) {
			f->inside = false;
		} else if (is_named(named, at) || is_changed(r, m, at)) {
			f->used = true;
			f->inside = false;
		} else if (f->used && !is_zero(live(r, m, at))) {
			if (!f->inside && f->count == REGIONS)
				return false;
			if (!f->inside)
				f->regions[f->count++].begin = at;
			f->inside = true;
			f->regions[f->count - 1].end = at + WORD;
		}
	}
	return true;
}

/*
 * Regions of words that are as they were, and that the program did not name, each after something that it
 * did change or name: there the next thing would be. How many.
 */
static size_t find_regions(const struct replay *r, const struct pf_medium *m,
	const struct named *named, struct region *regions)
{
	struct finding found = {.regions = regions};
	size_t at = 0, end = m->snapshot_size;

	/* what is not known holds zeros, and nobody named or changed it */
	for (; at < m->snapshot_size && pmem2_pf_medium_next(m, &at, &end);
		at = end, end = m->snapshot_size)
		if (!find_in(&found, r, m, named, at, end))
			break;
	return found.count;
}

/* ---- experiments ---- */

/* The line of an overlay among the first count, which are in the order of files and lines; NULL: none. */
static struct overlay_line *find_line(struct overlay *o, size_t count, const struct pf_medium *m,
	size_t line)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct overlay_line *l = &o->line[middle];

		if (l->medium->id < m->id || (l->medium == m && l->line < line))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || o->line[low].medium != m || o->line[low].line != line)
		return NULL;
	return &o->line[low];
}

/* The image that lost nothing, with zeros in a region. */
static bool passes_without(struct experiment *e, struct pf_medium *m, const struct region *region)
{
	char line[PF_LINE];

	if (!overlay_make(&e->overlay, e->replay, &e->units, e->live))
		return false;
	size_t count = e->overlay.count;
	for (size_t at = region->begin / PF_LINE * PF_LINE; at < region->end; at += PF_LINE) {
		struct overlay_line *there = find_line(&e->overlay, count, m, at / PF_LINE);
		size_t from = region->begin > at ? region->begin - at : 0;
		size_t to = region->end < at + PF_LINE ? region->end - at : PF_LINE;

		memcpy(line, live(e->replay, m, at), PF_LINE);
		memset(line + from, 0, to - from);
		if (there != NULL)
			memcpy(there->content, line, PF_LINE);
		else if (overlay_add(&e->overlay, m, at / PF_LINE, line) == NULL)
			return false;
	}
	experiment_fails_overlay(e);
	return e->passed && !e->failed; /* to fail in another way is not to pass */
}

static bool try_regions(struct experiment *e, struct pf_medium *m, const struct named *named,
	struct stale *found)
{
	struct region regions[REGIONS];
	size_t count = find_regions(e->replay, m, named, regions);

	for (size_t i = 0; i < count; i++) {
		if (!passes_without(e, m, &regions[i]))
			continue;
		*found = (struct stale){m, regions[i].begin, regions[i].end};
		return true;
	}
	return false;
}

static bool find_stale(struct experiment *e, struct stale *found)
{
	const struct named nothing = {0};
	const struct replay *r = e->replay;
	bool is_found = false;

	for (size_t i = 0; i < r->media_count && !is_found && !e->failed; i++) {
		struct pf_medium *m = r->media[i];
		struct named named = find_named(r, m);

		/* programs flush more than they stored, too */
		is_found = try_regions(e, m, &named, found) || try_regions(e, m, &nothing, found);
		free(named.bits);
	}
	return is_found;
}

bool stale_name(struct experiment *e, struct group *group)
{
	struct stale stale;
	char place[256];

	if (!find_stale(e, &stale))
		return false;
	wording_place(stale.medium, stale.begin, stale.end - stale.begin, place, sizeof(place));
	results_conclude(group, FAULT_STALE,
		"nothing is lost; %s, are of before the program began, and with zeros there it passes",
		place);
	wording_put(group->cause, sizeof(group->cause), "stale %u", stale.medium->id);
	return true;
}
