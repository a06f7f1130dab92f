/* SPDX-License-Identifier: BSD-3-Clause */
/* propose.c -- flushes and drains that may mend a fault. */
#include "propose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cause.h"
#include "experiment.h"
#include "history.h"
#include "powerfail/model.h"
#include "replay/mend.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "wording.h"

static struct mend *add(struct group *g, enum mend_kind kind, uint64_t event, uint32_t thread)
{
	struct mend *grown;

	if (event == 0)
		return NULL;
	grown = realloc(g->mends, (g->mend_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	g->mends = grown;
	grown += g->mend_count++;
	*grown = (struct mend){.kind = kind, .event = event, .thread = thread};
	return grown;
}

/* "the flush of put (btree.c:12)", "the store of ...", "data+0x40, 8 bytes, are stored" */
static void moment(const struct experiment *e, const struct sight *s, char *text, size_t size)
{
	const struct trace *trace = e->replay->trace;
	char site[512];
	bool flushed = s->flushed == s->seen;

	if (!flushed && history_store(trace, s->seen) == NULL) {
		char place[256];

		wording_place(s->bytes.medium, s->bytes.line * PF_LINE + s->bytes.at, s->bytes.size,
			place, sizeof(place));
		wording_site(e->replay, sight_next_drain(trace, s->seen), false, site,
			sizeof(site));
		wording_put(text, size, "the store of %s, which comes before the drain of %s",
			place, site);
		return;
	}
	wording_site(e->replay, s->seen, false, site, sizeof(site));
	wording_put(text, size, "the %s of %s", flushed ? "flush" : "store", site);
}

/* All lines that are not durable in the same way as those that are lost: flushed by one flush, or not at all. */
static void add_neighbours(const struct experiment *e, const struct cause *c, struct mend *mend)
{
	const struct unit *lost = &e->units.unit[c->lost_unit];

	for (size_t i = 0; i < e->units.count; i++) {
		const struct unit *u = &e->units.unit[i];
		bool same =
			u->medium == lost->medium && i != c->kept_unit && i != c->lost_unit &&
			(u->pending[u->newest] == NULL) == (lost->pending[lost->newest] == NULL);
		struct bytes b = {.medium = u->medium, .line = u->line, .size = PF_LINE};

		if (!same || u->size != PF_LINE)
			continue;
		memcpy(b.content, units_content(u, u->newest), PF_LINE);
		if (!mend_add(mend, &b))
			return;
	}
}

/* What is stored only later: what is needed, or all until then. */
static void add_future(const struct cause *c, struct mend *mend, bool all)
{
	mend->in_order = true;
	for (size_t i = 0; i < c->future_count; i++)
		if ((all || c->future[i].needed) && mend_add(mend, &c->future[i].bytes))
			mend->until = c->future[i].event;
}

static void add_lost(const struct experiment *e, const struct cause *c, struct mend *mend)
{
	mend_add(mend, &c->lost.bytes);
	for (size_t i = 0; i < e->units.count; i++) {
		struct bytes b = {.medium = e->units.unit[i].medium, .line = e->units.unit[i].line};

		if (!experiment_is_lost(e, i) || i == c->lost_unit ||
			e->units.unit[i].size != PF_LINE)
			continue;
		b.size = PF_LINE;
		memcpy(b.content, units_content(&e->units.unit[i], e->live[i]), PF_LINE);
		mend_add(mend, &b);
	}
}

static void propose_drain(const struct experiment *e, const struct cause *c, struct group *g)
{
	const uint64_t events[2] = {c->lost.flushed, c->kept.seen};
	struct mend *mend = add(g, MEND_DRAIN, c->lost.flushed, c->lost.thread);
	char sites[2][512], before[800];

	if (mend == NULL)
		return;
	wording_sites(e->replay, events, sites);
	if (c->kept.flushed == c->kept.seen)
		wording_put(before, sizeof(before), "the flush of %s", sites[1]);
	else
		moment(e, &c->kept, before, sizeof(before));
	if (c->has_kept)
		wording_put(mend->text, sizeof(mend->text),
			"drain between the flush of %s and %.480s", sites[0], before);
	else
		wording_put(mend->text, sizeof(mend->text), "drain after the flush of %s",
			sites[0]);
}

/* A mend at the event, for what is lost. NULL: there is no such event, or no memory. */
static struct mend *add_for_lost(const struct experiment *e, const struct cause *c, struct group *g,
	enum mend_kind kind, uint64_t event, bool neighbours)
{
	const struct pf_record *record = trace_record(e->replay->trace, event);
	struct mend *mend = record != NULL ? add(g, kind, event, record->thread) : NULL;

	if (mend != NULL && c->is_future)
		add_future(c, mend, neighbours);
	else if (mend != NULL)
		add_lost(e, c, mend);
	if (mend != NULL && neighbours && !c->is_future)
		add_neighbours(e, c, mend);
	return mend;
}

static void lost_place(const struct cause *c, char *place, size_t size)
{
	wording_place(c->lost.bytes.medium, c->lost_at, c->lost_size, place, size);
}

static void propose_flush(const struct experiment *e, const struct cause *c, struct group *g,
	bool neighbours)
{
	uint64_t drain = sight_next_drain(e->replay->trace, c->lost.seen);
	struct mend *mend = add_for_lost(e, c, g, MEND_FLUSH, drain, neighbours);
	char place[256], site[400];

	if (mend == NULL)
		return;
	lost_place(c, place, sizeof(place));
	wording_site(e->replay, drain, false, site, sizeof(site));
	wording_put(mend->text, sizeof(mend->text), "flush %s%s, before the drain of %s", place,
		mend->count > 1 ? " and what else is stored and not flushed" : "", site);
}

static void propose_persist(const struct experiment *e, const struct cause *c, struct group *g,
	bool neighbours)
{
	struct mend *mend = add_for_lost(e, c, g, MEND_PERSIST, c->kept.seen, neighbours);
	char place[256], before[480];

	if (mend == NULL)
		return;
	lost_place(c, place, sizeof(place));
	moment(e, &c->kept, before, sizeof(before));
	if (mend->in_order && mend->count > 1)
		wording_put(mend->text, sizeof(mend->text),
			"store, flush and drain %s, and then the lines that go with it, before %s",
			place, before);
	else
		wording_put(mend->text, sizeof(mend->text), "%sflush %s%s, and drain, before %s",
			c->is_future ? "store and " : "", place,
			mend->count > 1 ? " and the lines that go with it" : "", before);
}

/* The last proposal again, each time that the program comes there. */
static void propose_everywhere(const struct experiment *e, struct group *g, enum mend_kind kind)
{
	const struct mend *one = g->mend_count > 0 ? &g->mends[g->mend_count - 1] : NULL;
	char text[sizeof(one->text)], site[400];
	struct mend *mend;

	if (one == NULL)
		return;
	wording_site(e->replay, one->event, false, site, sizeof(site));
	if (kind == MEND_FLUSH_ALL)
		wording_put(text, sizeof(text),
			"flush all that is stored and not flushed, before the drain of %s, each time",
			site);
	else
		wording_put(text, sizeof(text), "%s, each time", one->text);
	mend = add(g, kind, one->event, one->thread);
	if (mend != NULL)
		memcpy(mend->text, text, sizeof(text));
}

void propose(const struct experiment *e, const struct cause *c, enum fault fault, struct group *g)
{
	bool flushed = c->lost.flushed != 0 && c->lost.flushed <= e->replay->event;

	if (flushed && (!c->has_kept || !c->was_durable)) {
		propose_drain(e, c, g);
		propose_everywhere(e, g, MEND_DRAIN_ALL);
	}
	if (!flushed && !c->is_future && fault != FAULT_WRONG_ORDER) {
		propose_flush(e, c, g, false);
		propose_flush(e, c, g, true);
		propose_everywhere(e, g, MEND_FLUSH_ALL);
	}
	if (!c->has_kept)
		return;
	propose_persist(e, c, g, false);
	propose_persist(e, c, g, true);
}
