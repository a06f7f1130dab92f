/* SPDX-License-Identifier: BSD-3-Clause */
/* explain.c -- sentences about a fault. */
#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "cause.h"
#include "common/hash.h"
#include "experiment.h"
#include "history.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "wording.h"

/* What is said of what is lost, and of what is kept. */
struct words {
	char lost[600], kept[600];
	char lost_site[512], kept_site[512]; /* of the flush or store */
	char drain[512];                     /* that came after what is lost was stored */
};

/* "data+0x40, 8 bytes, stored by put (btree.c:12)" where that is known. */
static void describe(const struct experiment *e, const struct sight *s, size_t at, size_t bytes,
	char *text, size_t size)
{
	char place[256], site[256];

	wording_place(s->bytes.medium, at, bytes, place, sizeof(place));
	if (history_store(e->replay->trace, s->seen) == NULL) {
		wording_put(text, size, "%s", place);
		return;
	}
	wording_site(e->replay, s->seen, false, site, sizeof(site));
	wording_put(text, size, "%s, stored by %s", place, site);
}

/* The record that tells where in the source something happened to the bytes. */
static uint64_t site_of(const struct experiment *e, const struct sight *s)
{
	if (s->flushed != 0)
		return s->flushed;
	if (history_store(e->replay->trace, s->seen) != NULL)
		return s->seen;
	return sight_next_drain(e->replay->trace, s->seen);
}

static void find_words(const struct experiment *e, const struct cause *c, struct words *w)
{
	uint64_t sites[2] = {site_of(e, &c->lost), c->has_kept ? site_of(e, &c->kept) : 0};
	uint64_t drain = sight_next_drain(e->replay->trace, c->lost.seen);
	char text[2][512];

	memset(w, 0, sizeof(*w));
	describe(e, &c->lost, c->lost_at, c->lost_size, w->lost, sizeof(w->lost));
	if (c->has_kept)
		describe(e, &c->kept, c->kept_at, c->kept_size, w->kept, sizeof(w->kept));
	wording_sites(e->replay, sites, text);
	wording_put(w->lost_site, sizeof(w->lost_site), "%s", text[0]);
	wording_put(w->kept_site, sizeof(w->kept_site), "%s", text[1]);
	wording_site(e->replay, drain, false, w->drain, sizeof(w->drain));
}

/* What needs it, if that is known: ", which data+0x40, 8 bytes, needs". */
static void explain_dirty(const struct experiment *e, const struct cause *c, const struct words *w,
	struct group *g)
{
	const char *needs = c->has_kept ? "; what needs them is " : "";

	if (g->fault == FAULT_AFTER_FLUSH) {
		char site[512];

		wording_site(e->replay, c->lost.early, false, site, sizeof(site));
		results_conclude(g, g->fault,
			"%s, were stored after the flush of their line by %s, and the line was not "
			"flushed again before the drain of %s",
			w->lost, site, w->drain);
	} else if (g->fault == FAULT_PARTIAL_FLUSH) {
		results_conclude(g, g->fault,
			"%s, were stored before the drain of %s and not flushed; what stands before them "
			"was%s%s",
			w->lost, w->drain, needs, w->kept);
	} else {
		results_conclude(g, g->fault,
			"%s, were stored before the drain of %s and not flushed%s%s", w->lost,
			w->drain, needs, w->kept);
	}
}

static void explain_order(const struct experiment *e, const struct cause *c, const struct words *w,
	struct group *g)
{
	if (c->lost.flushed == 0)
		results_conclude(g, g->fault, "%s, are stored only after %s, which need them",
			w->lost, w->kept);
	else if (!c->has_kept)
		results_conclude(g, g->fault, "%s, can be lost: they are flushed by %s only",
			w->lost, w->lost_site);
	else if (c->was_durable)
		results_conclude(g, g->fault,
			"%s, flushed by %s, become durable only after %s, which need them, and are "
			"flushed by %s",
			w->lost, w->lost_site, w->kept, w->kept_site);
	else if (c->kept.flushed == 0 || c->kept.flushed > e->replay->event)
		results_conclude(g, g->fault,
			"%s, which need %s, are stored before those are durable, flushed by %s",
			w->kept, w->lost, w->lost_site);
	else
		results_conclude(g, g->fault,
			"%s, flushed by %s, need %s, which are flushed only later, by %s", w->kept,
			w->kept_site, w->lost, w->lost_site);
}

static void explain_drain(const struct cause *c, const struct words *w, struct group *g)
{
	if (c->has_kept && c->lost.flushed == c->kept.flushed)
		results_conclude(g, g->fault,
			"%s, can be lost and %s, kept: one flush covers both, by %s, and no drain is "
			"between them",
			w->lost, w->kept, w->lost_site);
	else
		results_conclude(g, g->fault,
			"%s, can be lost and %s, kept: no drain is between %s and %s", w->lost,
			w->kept, w->lost_site, w->kept_site);
}

/* Neither comes first: by place, whichever of them the image lost. */
static void explain_together(const struct cause *c, const struct words *w, struct group *g)
{
	bool lost_first = c->lost_at < c->kept_at;

	results_conclude(g, g->fault,
		"%s, and %s, have to change together: with either alone it fails, and no drain "
		"helps; they are flushed by %s and %s",
		lost_first ? w->lost : w->kept, lost_first ? w->kept : w->lost,
		lost_first ? w->lost_site : w->kept_site, lost_first ? w->kept_site : w->lost_site);
}

static void explain_future(const struct cause *c, const struct words *w, struct group *g)
{
	if (g->fault == FAULT_WRONG_ORDER)
		results_conclude(g, g->fault, "%s, are stored only after %s, which need them",
			w->lost, w->kept);
	else if (g->fault == FAULT_NOT_ATOMIC)
		explain_together(c, w, g);
	else
		results_conclude(g, g->fault,
			"nothing is lost: it fails on what a killed process leaves, too; %s, are there "
			"and %s, are stored only later",
			w->kept, w->lost);
}

static void explain_lost(const struct experiment *e, const struct cause *c, const struct words *w,
	struct group *g)
{
	switch (g->fault) {
	case FAULT_MISSING_DRAIN:
		explain_drain(c, w, g);
		break;
	case FAULT_WRONG_ORDER:
		explain_order(e, c, w, g);
		break;
	case FAULT_NOT_ATOMIC:
		explain_future(c, w, g);
		break;
	case FAULT_OTHER_THREAD:
		results_conclude(g, g->fault,
			"%s, were flushed by thread %u, in %s; a drain by another thread does not wait "
			"for that",
			w->lost, c->lost.thread, w->lost_site);
		break;
	case FAULT_TORN:
		results_conclude(g, g->fault, "of one line, %s, can be lost and %s, kept", w->lost,
			w->kept);
		break;
	case FAULT_ASTRIDE:
		results_conclude(g, g->fault,
			"one flush of few bytes covers two lines, by %s: %s, can be lost and %s, kept",
			w->lost_site, w->lost, w->kept);
		break;
	case FAULT_UNORDERED:
		results_conclude(g, g->fault,
			"%s, flushed by %s, can be lost, and what is durable already needs them",
			w->lost, w->lost_site);
		break;
	default:
		explain_dirty(e, c, w, g);
		break;
	}
}

/* What is not flushed is told by where it should have been, whoever needs it. */
static void note_cause(const struct experiment *e, const struct cause *c, const struct words *w,
	struct group *g)
{
	const char *first = w->lost_site, *second = w->kept_site;
	char early[512] = "";

	if (g->fault == FAULT_NOT_ATOMIC && strcmp(first, second) > 0) {
		first = w->kept_site;
		second = w->lost_site;
	}
	if (g->fault == FAULT_MISSING_FLUSH || g->fault == FAULT_PARTIAL_FLUSH ||
		g->fault == FAULT_AFTER_FLUSH) {
		first = w->drain;
		second = early;
	}
	if (g->fault == FAULT_UNORDERED)
		second = early;
	if (c->lost.early != 0)
		wording_site(e->replay, c->lost.early, false, early, sizeof(early));
	wording_put(g->cause, sizeof(g->cause), "%d %s %s", (int)g->fault, first, second);
}

/* A number for the call stack of a flush; 0: there is none. */
static uint64_t stack_number(const struct experiment *e, const struct sight *s)
{
	char text[1024];

	if (s->flushed == 0)
		return 0;
	wording_site(e->replay, s->flushed, true, text, sizeof(text));
	return hash_bytes(HASH_BEGIN, text, strlen(text));
}

void explain(const struct experiment *e, const struct cause *c, enum fault fault, struct group *g)
{
	struct words w;

	g->fault = fault;
	find_words(e, c, &w);
	if (c->is_future)
		explain_future(c, &w, g);
	else
		explain_lost(e, c, &w, g);
	note_cause(e, c, &w, g);
	g->place = (uint64_t)(c->lost.bytes.medium->id + 1) << 40 | c->lost.bytes.line;
	g->field = (uint32_t)c->lost.bytes.at << 16 | (uint32_t)c->lost.bytes.size;
	g->site[0] = stack_number(e, &c->lost);
	g->site[1] = c->has_kept ? stack_number(e, &c->kept) : 0;
	g->is_told = c->lost.flushed != 0 && c->has_kept && c->kept.flushed != 0;
}
