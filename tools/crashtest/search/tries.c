/* SPDX-License-Identifier: BSD-3-Clause */
/* tries.c -- which images of a point of failure are tried. */
#include "tries.h"

#include <stdlib.h>

#include "checks/jobs.h"
#include "checks/outcome.h"
#include "common/options.h"
#include "common/set.h"
#include "images/choice.h"
#include "images/overlay.h"
#include "images/units.h"
#include "points.h"
#include "results.h"

enum {
	EXHAUSTIVE =
		1024,   /* combinations up to which all are tried: 10 lines, in one version each */
	ENOUGH = 50,    /* failures of one call stack, without --all */
	PREFIXES = 128, /* of all lines, likewise */
	SINGLES = 64,   /* units that are tried one by one at first, where there are more */
};

struct tries {
	const struct options *options;
	struct jobs *jobs;
	const struct results *results;
	struct units units;
	struct overlay overlay;
	uint8_t *choice;
	size_t choice_room;
	struct set images; /* hashes of those that were tried */
	uint64_t count;
	double tried; /* equal ones counted */
	bool torn, stopped;
};

/* What is tried, and at which point. */
struct at {
	struct tries *t;
	const struct replay *r;
	const struct point *p;
};

struct tries *tries_new(const struct options *options, struct jobs *jobs,
	const struct results *results)
{
	struct tries *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->options = options;
	t->jobs = jobs;
	t->results = results;
	return t;
}

void tries_free(struct tries *t)
{
	if (t == NULL)
		return;
	units_free(&t->units);
	overlay_free(&t->overlay);
	set_free(&t->images);
	free(t->choice);
	free(t);
}

void tries_stop(struct tries *t)
{
	t->stopped = true;
}

uint64_t tries_images(const struct tries *t)
{
	return t->count;
}

double tries_tried(const struct tries *t)
{
	return t->tried;
}

/* A checker that hangs takes its whole time: once is enough. */
static bool is_enough(const struct results *results, const struct point *p)
{
	return results_failed_at(results, p->stack, (enum cut)p->cut) >= ENOUGH ||
	       results_hung_at(results, p->stack, (enum cut)p->cut);
}

/* false: no more, for whatever reason */
static bool try(const struct at *at, enum choosing kind, uint64_t number)
{
	struct tries *t = at->t;
	const struct point *p = at->p;
	struct check check = {.event = p->event, .stack = p->stack, .cut = (enum cut)p->cut};

	if (t->stopped)
		return false;
	if (!t->options->all && is_enough(t->results, p))
		return true;
	t->tried++;
	choice_make(kind, number, t->options->seed, &t->units, t->choice);
	if (!overlay_make(&t->overlay, at->r, &t->units, t->choice))
		return false;
	if (!set_add(&t->images, t->overlay.hash))
		return !t->images.failed;

	check.torn = t->torn && !overlay_is_whole(&t->overlay, at->r);
	choice_name(kind, number, &t->units, t->choice, check.name, sizeof(check.name));
	t->count++;
	return jobs_submit(t->jobs, &t->overlay, &check);
}

/* ---- lines one by one ---- */

/* One unit lost alone, and kept alone, of what is pending and of all that was stored. */
static bool try_single(const struct at *at, size_t i, bool evicted)
{
	return try(at, CHOOSE_BUT, i) && try(at, CHOOSE_ONLY, i) &&
	       (!evicted || (try(at, CHOOSE_MISSING, i) && try(at, CHOOSE_WITH, i)));
}

static bool has_evictions(const struct units *units)
{
	for (size_t i = 0; i < units->count; i++)
		if (units->unit[i].flushed != units->unit[i].newest)
			return true;
	return false;
}

/* Some of very many, others at each occurrence of the point; or those that were not tried so. */
static bool try_singles(const struct at *at, bool rest)
{
	size_t count = at->t->units.count, step = (count + SINGLES - 1) / SINGLES;
	bool going = true, evicted = has_evictions(&at->t->units);

	for (size_t i = 0; going && i < count; i++)
		if ((i % step != at->p->occurrence % step) == rest)
			going = try_single(at, i, evicted);
	return going;
}

/* ---- subsets ---- */

static uint64_t count_prefixes(const struct units *units)
{
	uint64_t all = 0;

	for (size_t i = 0; i < units->count; i++)
		all += units->unit[i].newest > 1 ? units->unit[i].newest - 1 : 0;
	return all;
}

/* Each line with fewer of its stores than all, alone and with the others: some, if they are very many. */
static bool try_prefixes(const struct at *at)
{
	const struct units *units = &at->t->units;
	uint64_t stride = count_prefixes(units) / PREFIXES + 1, n = at->p->occurrence;
	bool going = true;

	for (size_t i = 0; i < units->count; i++)
		for (unsigned c = 1; going && c < units->unit[i].newest; c++)
			if (n++ % stride == 0)
				going = try(at, CHOOSE_PREFIX, i * MOST_CHOICES + c) &&
				        try(at, CHOOSE_REST, i * MOST_CHOICES + c);
	return going;
}

static bool try_counted(const struct at *at, enum choosing kind, uint64_t combinations)
{
	bool going = true;

	for (uint64_t i = 0; going && i < combinations; i++)
		going = try(at, kind, i);
	return going;
}

/* Combinations of what is flushed; what is only stored stays out. */
static uint64_t flushed_combinations(const struct units *units)
{
	uint64_t all = 1;

	for (size_t i = 0; i < units->count && all <= EXHAUSTIVE; i++)
		all *= units->unit[i].flushed + 1;
	return all;
}

static bool try_subsets(const struct at *at)
{
	const struct units *units = &at->t->units;
	uint64_t flushed = flushed_combinations(units);

	if (units->combinations <= EXHAUSTIVE)
		return try_counted(at, CHOOSE_COUNTED, units->combinations);
	return (flushed > EXHAUSTIVE || try_counted(at, CHOOSE_FLUSHED, flushed)) &&
	       try_prefixes(at) && try_counted(at, CHOOSE_RANDOM, at->t->options->samples);
}

/* ---- all ---- */

static bool try_plain(const struct at *at)
{
	return try(at, CHOOSE_NONE, 0) && try(at, CHOOSE_ALL, 0) &&
	       (at->t->options->no_evictions || try(at, CHOOSE_LIVE, 0)) &&
	       (at->p->cut != CUT_DRAIN || try(at, CHOOSE_THREAD, at->p->thread));
}

/* How many images all tiers have. */
static double plan(const struct at *at)
{
	const struct units *units = &at->t->units;
	double plain = 2 + !at->t->options->no_evictions + (at->p->cut == CUT_DRAIN);
	double singles = (double)units->count * (has_evictions(units) ? 4 : 2);
	uint64_t flushed = flushed_combinations(units), prefixes = count_prefixes(units);

	if (units->combinations <= EXHAUSTIVE)
		return plain + singles + (double)units->combinations;
	prefixes = 2 * (prefixes < PREFIXES ? prefixes : PREFIXES);
	return plain + singles + (double)(flushed <= EXHAUSTIVE ? flushed : 0) + (double)prefixes +
	       (double)at->t->options->samples;
}

static bool try_tiers(const struct at *at)
{
	unsigned tiers = at->p->tiers;

	return ((tiers & TIER_SINGLES) == 0 || (try_plain(at) && try_singles(at, false))) &&
	       ((tiers & TIER_REST) == 0 || try_singles(at, true)) &&
	       ((tiers & TIER_SUBSETS) == 0 || try_subsets(at));
}

static bool make_room(struct tries *t)
{
	uint8_t *grown;

	if (t->units.count < t->choice_room)
		return true;
	grown = realloc(t->choice, 2 * t->units.count + 1);
	if (grown == NULL)
		return false;
	t->choice = grown;
	t->choice_room = 2 * t->units.count + 1;
	return true;
}

/* With whole lines, or torn ones: those are only tried where lines are not known to be whole. */
static bool try_units(const struct at *at, unsigned how, double *planned)
{
	struct tries *t = at->t;

	t->torn = (how & UNITS_TORN) != 0;
	if (!units_collect(&t->units, at->r, how) || !make_room(t))
		return false;
	*planned += plan(at);
	return try_tiers(at);
}

bool tries_at(struct tries *t, const struct replay *r, const struct point *p, double *planned)
{
	const struct at at = {t, r, p};

	*planned = 0;
	return try_units(&at, units_wanted(t->options, false), planned) &&
	       (!t->options->torn || try_units(&at, units_wanted(t->options, true), planned));
}
