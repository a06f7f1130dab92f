/* SPDX-License-Identifier: BSD-3-Clause */
/* tries.c -- which images of a point of failure are tried. */
#include "tries.h"

#include <stdlib.h>

#include "choice.h"
#include "jobs.h"
#include "options.h"
#include "overlay.h"
#include "results.h"
#include "set.h"
#include "units.h"

enum {
	EXHAUSTIVE =
		1024,   /* combinations up to which all are tried: 10 lines, in one version each */
	ENOUGH = 50,    /* failures of one call stack, without --all */
	PREFIXES = 128, /* of all lines, likewise */
	SINGLES = 64,   /* units that are tried alone, and left out alone, where there are more */
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

uint64_t tries_images(const struct tries *t)
{
	return t->count;
}

/* A checker that hangs takes its whole time: once is enough. */
static bool is_enough(const struct results *results, const struct point *p)
{
	return results_failed_at(results, p->stack, (enum cut)p->cut) >= ENOUGH ||
	       results_hung_at(results, p->stack, (enum cut)p->cut);
}

/* false: no more, for whatever reason */
static bool try(struct tries *t, const struct replay *r, const struct point *p, enum choosing kind,
	uint64_t number)
{
	struct check check = {.event = p->event, .stack = p->stack, .cut = (enum cut)p->cut};

	if (!t->options->all && is_enough(t->results, p))
		return true;
	choice_make(kind, number, t->options->seed, &t->units, t->choice);
	if (!overlay_make(&t->overlay, r, &t->units, t->choice))
		return false;
	if (!set_add(&t->images, t->overlay.hash))
		return !t->images.failed;

	choice_name(kind, number, &t->units, t->choice, check.name, sizeof(check.name));
	t->count++;
	return jobs_submit(t->jobs, &t->overlay, &check);
}

static bool try_singles(struct tries *t, const struct replay *r, const struct point *p)
{
	size_t count = t->units.count, step = (count + SINGLES - 1) / SINGLES;
	bool going = true;

	for (size_t i = 0; going && i < count; i += step)
		going = try(t, r, p, CHOOSE_BUT, i) && try(t, r, p, CHOOSE_ONLY, i);
	return going;
}

/* Each line with fewer of its stores than all, alone and with the others: some, if they are very many. */
static bool try_prefixes(struct tries *t, const struct replay *r, const struct point *p)
{
	uint64_t all = 0, stride, at = 0;
	bool going = true;

	for (size_t i = 0; i < t->units.count; i++)
		all += t->units.unit[i].newest > 1 ? t->units.unit[i].newest - 1 : 0;
	stride = all / PREFIXES + 1;
	for (size_t i = 0; i < t->units.count; i++)
		for (unsigned c = 1; going && c < t->units.unit[i].newest; c++)
			if (at++ % stride == 0)
				going = try(t, r, p, CHOOSE_PREFIX, i * MOST_CHOICES + c) &&
				        try(t, r, p, CHOOSE_REST, i * MOST_CHOICES + c);
	return going;
}

static bool try_all(struct tries *t, const struct replay *r, const struct point *p)
{
	bool going = try(t, r, p, CHOOSE_NONE, 0) && try(t, r, p, CHOOSE_ALL, 0);

	if (going && t->options->evictions)
		going = try(t, r, p, CHOOSE_LIVE, 0);
	if (going && p->cut == CUT_DRAIN)
		going = try(t, r, p, CHOOSE_THREAD, p->thread);

	if (t->units.combinations <= EXHAUSTIVE) {
		for (uint64_t i = 0; going && i < t->units.combinations; i++)
			going = try(t, r, p, CHOOSE_COUNTED, i);
		return going;
	}
	going = going && try_singles(t, r, p) && try_prefixes(t, r, p);
	for (uint64_t i = 0; going && i < t->options->samples; i++)
		going = try(t, r, p, CHOOSE_RANDOM, i);
	return going;
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

bool tries_at(struct tries *t, const struct replay *r, const struct point *p)
{
	return units_collect(&t->units, r, options_units(t->options)) && make_room(t) &&
	       try_all(t, r, p);
}
