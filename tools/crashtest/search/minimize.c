/* SPDX-License-Identifier: BSD-3-Clause */
/* minimize.c -- the least that fails. */
#include "minimize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/jobs.h"
#include "common/clock.h"
#include "common/options.h"
#include "common/say.h"
#include "common/set.h"
#include "common/signals.h"
#include "images/choice.h"
#include "images/overlay.h"
#include "images/units.h"
#include "points.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "results.h"

enum { SINGLES = 64 }; /* parts that are lost alone and kept alone, at one point */

struct minimizing {
	const struct options *options;
	struct group *group;
	struct replay replay;
	struct jobs jobs;
	struct units units;
	struct overlay overlay;
	uint8_t *choice;
	struct set images; /* that were tried */
	double end;        /* 0: there is time for all */
	bool failed;
};

/* Whether the image of the choices fails as that of the group does. */
static bool fails(struct minimizing *m)
{
	const struct outcome *wanted = &m->group->outcome;
	struct outcome outcome;

	if (m->failed || !overlay_make(&m->overlay, &m->replay, &m->units, m->choice) ||
		!jobs_check(&m->jobs, &m->overlay, &outcome)) {
		m->failed = true;
		return false;
	}
	return outcome.kind == wanted->kind && outcome.code == wanted->code &&
	       outcome.stage == wanted->stage;
}

static bool try(struct minimizing *m, enum choosing kind, uint64_t number)
{
	choice_make(kind, number, m->options->seed, &m->units, m->choice);
	if (!overlay_make(&m->overlay, &m->replay, &m->units, m->choice))
		m->failed = true;
	return !m->failed && set_add(&m->images, m->overlay.hash) && fails(m);
}

/* Images that lose little come first. */
static bool try_point(struct minimizing *m)
{
	size_t most = m->units.count < SINGLES ? m->units.count : SINGLES;

	if (try(m, CHOOSE_LIVE, 0) || try(m, CHOOSE_ALL, 0))
		return true;
	for (size_t i = 0; i < most && !m->failed; i++)
		if (try(m, CHOOSE_MISSING, i) || try(m, CHOOSE_BUT, i) || try(m, CHOOSE_ONLY, i))
			return true;
	return !m->failed && try(m, CHOOSE_NONE, 0);
}

/* What need not be lost is given back, one part after another. */
static void give_back(struct minimizing *m)
{
	struct group *g = m->group;

	for (size_t i = 0; i < m->units.count && !m->failed; i++) {
		uint8_t lost = m->choice[i];

		m->choice[i] = (uint8_t)m->units.unit[i].newest;
		if (lost != m->choice[i] && !fails(m))
			m->choice[i] = lost;
	}
	g->least.parts = m->units.count;
	g->least.lost = 0;
	for (size_t i = 0; i < m->units.count; i++)
		g->least.lost += m->choice[i] != m->units.unit[i].newest;
}

/* The group has its own image if the least one has too many parts for a name. */
static void name_least(struct minimizing *m, uint64_t event)
{
	struct group *g = m->group;

	if (m->units.count == 0)
		snprintf(g->least.name, sizeof(g->least.name), "all");
	else if (m->units.count < sizeof(g->least.name))
		choice_name(CHOOSE_COUNTED, 0, &m->units, m->choice, g->least.name,
			sizeof(g->least.name));
	if (g->least.name[0] != '\0')
		g->least.event = event;
}

static bool is_over(const struct minimizing *m)
{
	return m->failed || signals_came() != 0 || (m->end > 0 && clock_seconds() >= m->end);
}

static void minimize_group(struct minimizing *m)
{
	struct points_walk way = {.replay = &m->replay};
	struct point point;
	bool found = false;

	while (!found && !is_over(m) && points_next(&way, &point) &&
		point.event <= m->group->event) {
		unsigned how = units_wanted(m->options, m->group->torn);

		free(m->choice);
		m->choice = units_collect(&m->units, &m->replay, how)
		                    ? calloc(1, m->units.count + 1)
		                    : NULL;
		m->failed = m->choice == NULL;
		found = !m->failed && try_point(m);
	}
	if (found)
		give_back(m);
	if (found && !m->failed)
		name_least(m, point.event);
}

static int minimize_one(const struct options *o, const struct trace *trace, struct group *g,
	double end)
{
	struct minimizing m = {.options = o, .group = g, .end = end};
	int ret = replay_open(&m.replay, trace) == 0 ? 0 : say_failed("%s", m.replay.error);

	m.replay.coherent = o->coherent;
	if (ret == 0)
		ret = jobs_init(&m.jobs, o, &m.replay, 1);
	if (ret == 0)
		minimize_group(&m);
	if (ret == 0 && m.failed && signals_came() == 0)
		ret = CRASHTEST_FAILED;
	jobs_finish(&m.jobs);
	replay_close(&m.replay);
	units_free(&m.units);
	overlay_free(&m.overlay);
	set_free(&m.images);
	free(m.choice);
	return ret;
}

int minimize(const struct options *options, const struct trace *trace, struct results *results)
{
	struct options with = *options;
	double end = with.budget > 0 ? clock_seconds() + with.budget : 0;
	int ret = 0;

	with.recoveries = NULL; /* they are not cut once more */
	for (size_t i = 0; ret == 0 && i < results->count; i++)
		if (results->group[i].outcome.kind != CHECK_HUNG)
			ret = minimize_one(&with, trace, &results->group[i], end);
	return ret;
}
