/* SPDX-License-Identifier: BSD-3-Clause */
/* stale.c -- whether what was in a file before the program began is in the way of its recovery. */
#include <stdlib.h>
#include <string.h>

#include "diagnose.h"

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

static struct named find_named(const struct diagnosis *d, const struct pf_medium *m)
{
	struct named n = {.words = m->snapshot_size / WORD};
	struct replay r;

	n.bits = calloc(1, n.words / 8 + 1);
	if (n.bits == NULL || replay_open(&r, d->options->trace) != 0)
		return n;
	for (uint64_t i = 0; i < d->replay.event; i++) {
		const struct pf_record *record = pmem2_pf_reader_next(&r.reader);
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;

		if (record == NULL)
			break;
		if (pmem2_pf_record_kind(record) == PF_RECORD_FLUSH && l->file == m->id)
			name_range(&n, l->offset, l->offset + l->length);
	}
	replay_close(&r);
	return n;
}

/* ---- regions ---- */

static const char *original(const struct diagnosis *d, const struct pf_medium *m, size_t at)
{
	return d->replay.reader.base + m->snapshot_at + at;
}

static const char *live(const struct diagnosis *d, const struct pf_medium *m, size_t at)
{
	return pmem2_pf_model_last(&d->replay.model, m, at / PF_LINE) + at % PF_LINE;
}

static bool is_changed(const struct diagnosis *d, const struct pf_medium *m, size_t at)
{
	return memcmp(live(d, m, at), original(d, m, at), WORD) != 0;
}

static bool is_zero(const char *word)
{
	static const char zeros[WORD];

	return memcmp(word, zeros, WORD) == 0;
}

/*
 * Regions of words that are as they were, and that the program did not name, each behind something that it
 * did change or name: there the next thing would be. How many.
 */
static size_t find_regions(const struct diagnosis *d, const struct pf_medium *m,
	const struct named *named, struct region *regions)
{
	size_t count = 0;
	bool used = false, inside = false;

	for (size_t at = 0; at + WORD <= m->snapshot_size; at += WORD) {
		if (is_named(named, at) || is_changed(d, m, at)) {
			used = true;
			inside = false;
		} else if (used && !is_zero(live(d, m, at))) {
			if (!inside && count == REGIONS)
				break;
			if (!inside)
				regions[count++].begin = at;
			inside = true;
			regions[count - 1].end = at + WORD;
		}
	}
	return count;
}

/* ---- experiments ---- */

static bool put_line(struct overlay *o, struct pf_medium *m, size_t line, const char *content)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->line[i].medium == m && o->line[i].line == line) {
			memcpy(o->line[i].content, content, PF_LINE);
			return true;
		}
	return overlay_add(o, m, line, content) != NULL;
}

/* The image that lost nothing, with zeros in a region. */
static bool passes_without(struct diagnosis *d, struct pf_medium *m, const struct region *region)
{
	char line[PF_LINE];

	if (!overlay_make(&d->overlay, &d->replay, &d->units, d->live))
		return false;
	for (size_t at = region->begin / PF_LINE * PF_LINE; at < region->end; at += PF_LINE) {
		size_t from = region->begin > at ? region->begin - at : 0;
		size_t to = region->end < at + PF_LINE ? region->end - at : PF_LINE;

		memcpy(line, live(d, m, at), PF_LINE);
		memset(line + from, 0, to - from);
		if (!put_line(&d->overlay, m, at / PF_LINE, line))
			return false;
	}
	return !diagnosis_fails_overlay(d) && !d->failed;
}

static bool try_regions(struct diagnosis *d, struct pf_medium *m, const struct named *named)
{
	struct region regions[REGIONS];
	size_t count = find_regions(d, m, named, regions);

	for (size_t i = 0; i < count; i++) {
		if (!passes_without(d, m, &regions[i]))
			continue;
		diagnosis_conclude(d, FAULT_STALE,
			"nothing is lost; the %zu bytes at %.200s+0x%zx are of before the program "
			"began, and with zeros there it passes",
			regions[i].end - regions[i].begin, diagnosis_name(m), regions[i].begin);
		return true;
	}
	return false;
}

bool diagnosis_stale(struct diagnosis *d)
{
	const struct named nothing = {0};
	bool found = false;

	for (size_t i = 0; i < d->replay.media_count && !found && !d->failed; i++) {
		struct pf_medium *m = d->replay.media[i];
		struct named named = find_named(d, m);

		/* programs flush more than they stored, too */
		found = try_regions(d, m, &named) || try_regions(d, m, &nothing);
		free(named.bits);
	}
	return found;
}
