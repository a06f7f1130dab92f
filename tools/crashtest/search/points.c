/* SPDX-License-Identifier: BSD-3-Clause */
/* points.c -- the points of failure of a trace, and the order in which they are tried. */
#include "points.h"

#include <stdlib.h>
#include <string.h>

#include "checks/outcome.h"
#include "common/array.h"
#include "common/options.h"
#include "powerfail/model.h"
#include "replay/replay.h"
#include "replay/trace.h"

enum {
	LOOKED_AT = 2048, /* versions up to which each is looked at, to tell points apart; */
	LOOKS = 1 << 30,  /* fewer, if all points could come to more looks than that */
	DEEP = 5,         /* groups of occurrences of which subsets are tried, without --all */
	MOST = 4096,      /* occurrences of a kind that are tried, without --all */
	TIERS = 3,
};

/* ---- where they are ---- */

/* What is written to pages, or is durable as soon as it is visible, is known as a whole before a drain alone. */
static bool is_known_at_drains(const struct replay *r)
{
	return r->whole_maps > 0;
}

static void fill_in(struct point *p, const struct pf_record *record, enum cut cut, uint64_t event)
{
	*p = (struct point){.event = event, .cut = (int)cut};
	if (record != NULL) {
		p->stack = record->stack;
		p->thread = record->thread;
	}
}

bool points_next(struct points_walk *w, struct point *p)
{
	struct replay *r = w->replay;
	const struct pf_record *record;

	while (!w->ended && (record = replay_next(r)) != NULL) {
		bool settles = replay_settles(record);

		if (settles && !w->at_drain && r->media_count > 0) {
			w->at_drain = true;
			fill_in(p, record, CUT_DRAIN, r->event + 1);
			return true;
		}
		w->at_drain = false;
		replay_apply(r, record);
		if (r->failed || pmem2_pf_record_kind(record) != PF_RECORD_FLUSH || settles ||
			is_known_at_drains(r))
			continue;
		fill_in(p, record, CUT_FLUSH, r->event);
		return true;
	}
	if (w->ended || r->failed || r->media_count == 0)
		return false;
	w->ended = true;
	fill_in(p, NULL, CUT_EXIT, r->event + 1);
	return true;
}

/* ---- which look alike ---- */

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

/* Orders of magnitude, from 16 on: with some programs it only grows. */
static uint64_t magnitude(uint64_t n)
{
	return n <= 16 ? n : 80 - (unsigned)__builtin_clzll(n);
}

/* What is on its way: how many lines, and by which call stacks they were flushed or stored. */
static uint64_t lines_key(const struct replay *r)
{
	uint64_t pending = 0, dirty = 0, sites = 0;

	for (uint32_t i = 1; i < pmem2_pf_versions(r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(r->model, i);
		uint64_t site;

		if (v->medium == NULL || v->superseded)
			continue;
		pending += v->newest && v->thread != NULL;
		dirty += v->thread == NULL;
		site = mix(v->thread != NULL ? v->stack : 0, v->medium->id);
		if (!v->newest)
			site = mix(site, 1);
		sites |= UINT64_C(1) << site % 64;
	}
	return mix(mix(magnitude(pending), magnitude(dirty) > 8 ? magnitude(dirty) : dirty > 0),
		sites);
}

static uint64_t key_of(const struct replay *r, const struct point *p)
{
	uint64_t key = mix(p->stack, (uint64_t)p->cut + 1);
	uint64_t most = LOOKS / (r->trace->records + 1);

	if (pmem2_pf_versions(r->model) <= (most < LOOKED_AT ? most : LOOKED_AT))
		return mix(key, lines_key(r)) | 1;
	return mix(mix(key, magnitude(replay_pending(r))), magnitude(r->model->dirty)) | 1;
}

/* The number of the kind, a new one if there is none; UINT32_MAX: no memory. */
static uint32_t kind_of(struct points *p, uint64_t key, uint32_t **table, size_t *size)
{
	size_t i;

	if (2 * p->kind_count >= *size) {
		size_t twice = *size > 0 ? 2 * *size : 256;
		uint32_t *grown = calloc(twice, sizeof(*grown));

		if (grown == NULL)
			return UINT32_MAX;
		for (size_t k = 0; k < p->kind_count; k++) {
			for (i = p->kinds[k].key % twice; grown[i] != 0; i = (i + 1) % twice)
				;
			grown[i] = (uint32_t)k + 1;
		}
		free(*table);
		*table = grown;
		*size = twice;
	}
	for (i = key % *size; (*table)[i] != 0; i = (i + 1) % *size)
		if (p->kinds[(*table)[i] - 1].key == key)
			return (*table)[i] - 1;
	if (!array_grow(&p->kinds, p->kind_count, &p->kind_room, sizeof(*p->kinds)))
		return UINT32_MAX;
	p->kinds[p->kind_count] = (struct kind){.key = key};
	(*table)[i] = (uint32_t)++p->kind_count;
	return (uint32_t)p->kind_count - 1;
}

/* ---- in which order ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = mix(*state + UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xd1342543de82ef95));
	return *state;
}

/* Of a kind: the first, the last, then some at random. */
static void shuffle(uint64_t *order, uint64_t count, uint64_t state)
{
	uint64_t last = count > 0 ? order[count - 1] : 0;

	if (count < 3)
		return;
	memmove(order + 2, order + 1, (count - 2) * sizeof(*order));
	order[1] = last;
	for (uint64_t i = 2; i < count && i < MOST; i++) {
		uint64_t other = i + next_random(&state) % (count - i), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

static bool put_in_order(struct points *p, uint64_t seed)
{
	uint64_t first = 0;

	p->order = malloc((p->count + 1) * sizeof(*p->order));
	if (p->order == NULL)
		return false;
	for (size_t k = 0; k < p->kind_count; k++) {
		p->kinds[k].first = first;
		first += p->kinds[k].count;
		p->kinds[k].count = 0;
	}
	for (uint64_t i = 0; i < p->count; i++) {
		struct kind *k = &p->kinds[p->kind[i]];

		p->order[k->first + k->count++] = i;
	}
	for (size_t k = 0; k < p->kind_count; k++)
		shuffle(p->order + p->kinds[k].first, p->kinds[k].count, seed + k);
	return true;
}

static bool add_point(struct points *p, uint32_t kind)
{
	if (kind == UINT32_MAX || !array_grow(&p->kind, p->count, &p->room, sizeof(*p->kind)))
		return false;
	p->kind[p->count++] = kind;
	p->kinds[kind].count++;
	return true;
}

bool points_find(struct points *p, struct replay *r, const struct options *options)
{
	struct points_walk walk = {.replay = r};
	struct point point;
	uint32_t *table = NULL;
	size_t size = 0;
	bool going = true;

	*p = (struct points){.all = options->all};
	while (going && points_next(&walk, &point))
		going = add_point(p, kind_of(p, key_of(r, &point), &table, &size));
	free(table);
	return going && !r->failed && put_in_order(p, options->seed);
}

void points_free(struct points *p)
{
	free(p->kind);
	free(p->kinds);
	free(p->order);
	free(p->wanted);
}

/* ---- stages ---- */

/* Which occurrences are of a group: four of one each, then of two, four, and so on. */
static void bounds(unsigned group, uint64_t *begin, uint64_t *end)
{
	*begin = group < 3 ? group : (UINT64_C(1) << (group - 3)) + 2;
	*end = group < 2 ? group + 1 : (UINT64_C(1) << (group - 2)) + 2;
}

/* The occurrences of a kind that are in a stage for a tier. */
static bool want(struct points *p, const struct kind *k, unsigned stage, unsigned tier, bool *last)
{
	uint64_t begin, end, most = p->all || k->count < MOST ? k->count : MOST;

	if (stage < tier) {
		*last = false;
		return true;
	}
	if (stage - tier > 60 || (!p->all && tier == TIERS - 1 && stage - tier >= DEEP))
		return true;
	bounds(stage - tier, &begin, &end);
	if (end < most)
		*last = false;
	for (uint64_t i = begin; i < end && i < most; i++) {
		if (!array_grow(&p->wanted, p->wanted_count, &p->wanted_room, sizeof(*p->wanted)))
			return false;
		p->wanted[p->wanted_count++] =
			(struct wanted){p->order[k->first + i], i, 1u << tier};
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct wanted *w = a, *v = b;

	return w->number < v->number ? -1 : w->number > v->number;
}

/* In the order of the trace; what several stages want of a point is one. */
static void join(struct points *p)
{
	uint64_t count = 0;

	if (p->wanted_count > 0)
		qsort(p->wanted, p->wanted_count, sizeof(*p->wanted), by_number);
	for (size_t i = 0; i < p->wanted_count; i++) {
		if (count > 0 && p->wanted[count - 1].number == p->wanted[i].number)
			p->wanted[count - 1].tiers |= p->wanted[i].tiers;
		else
			p->wanted[count++] = p->wanted[i];
	}
	p->wanted_count = count;
}

bool points_stage(struct points *p, unsigned *stage, uint64_t least, bool *last)
{
	bool going = true;

	p->wanted_count = 0;
	do {
		*last = true;
		for (size_t k = 0; going && k < p->kind_count; k++)
			for (unsigned tier = 0; going && tier < TIERS; tier++)
				going = want(p, &p->kinds[k], *stage, tier, last);
		++*stage;
	} while (going && !*last && p->wanted_count < least);
	join(p);
	return going;
}
