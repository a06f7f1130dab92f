/* SPDX-License-Identifier: BSD-3-Clause */
/* experiment.c -- does this image still fail? */
#include "experiment.h"

#include <stdlib.h>
#include <string.h>

#include "checks/jobs.h"
#include "checks/outcome.h"
#include "history.h"
#include "images/choice.h"
#include "images/pieces.h"
#include "powerfail/model.h"
#include "powerfail/volatile.h"
#include "replay/replay.h"
#include "replay/sight.h"
#include "search/results.h"

enum {
	MOST_CHECKS = 400, /* for one failure */
	MOST_HUNG = 4,     /* each takes the whole time of a check */
};

/* ---- begin and end ---- */

static bool is_of(const struct piece *p, const struct unit *u)
{
	return p->medium == u->medium && p->line == u->line && p->at == u->at && p->size == u->size;
}

/* The choice of the unit that has the content of the piece; 0: none has. */
static uint8_t choice_of(const struct unit *u, const struct piece *p)
{
	uint8_t choice = 0;

	for (unsigned c = 1; c < u->choices; c++)
		if (pmem2_pf_volatile_alike(u->medium, u->line * PF_LINE + u->at,
			    units_content(u, c), p->content, u->size))
			choice = (uint8_t)c;
	return choice;
}

bool experiment_begin(struct experiment *e, struct replay *r, struct jobs *jobs, unsigned how,
	const struct pieces *pieces, const struct outcome *outcome)
{
	*e = (struct experiment){.replay = r, .jobs = jobs, .outcome = outcome};
	if (!units_collect(&e->units, r, how))
		return false;
	e->failing = calloc(4, e->units.count + 1);
	if (e->failing == NULL)
		return false;
	e->live = e->failing + e->units.count;
	e->trial = e->live + e->units.count;
	e->lost = e->trial + e->units.count;
	choice_make(CHOOSE_LIVE, 0, 0, &e->units, e->live);
	for (size_t i = 0; i < pieces->count; i++)
		for (size_t j = 0; j < e->units.count; j++)
			if (is_of(&pieces->piece[i], &e->units.unit[j]))
				e->failing[j] = choice_of(&e->units.unit[j], &pieces->piece[i]);
	return true;
}

void experiment_finish(struct experiment *e)
{
	free(e->failing);
	units_free(&e->units);
	overlay_free(&e->overlay);
}

/* ---- one ---- */

bool experiment_fails_overlay(struct experiment *e)
{
	struct outcome outcome;

	e->passed = false;
	e->over = e->over || e->hung >= MOST_HUNG;
	if (e->over)
		return true;
	e->checks++;
	if (!jobs_check(e->jobs, &e->overlay, &outcome)) {
		e->failed = true;
		return false;
	}
	e->hung += outcome.kind == CHECK_HUNG;
	e->passed = outcome.kind == CHECK_PASSED;
	return !e->passed && results_alike(&outcome, e->outcome, ALIKE_MOSTLY);
}

bool experiment_fails(struct experiment *e, const uint8_t *choice)
{
	if (e->failed || !overlay_make(&e->overlay, e->replay, &e->units, choice))
		return false;
	return experiment_fails_overlay(e);
}

static struct overlay_line *find_line(struct overlay *o, const struct bytes *b)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->line[i].medium == b->medium && o->line[i].line == b->line)
			return &o->line[i];
	return overlay_add(o, b->medium, b->line, pmem2_pf_medium_line(b->medium, b->line));
}

bool experiment_fails_with(struct experiment *e, const uint8_t *choice, const struct bytes *bytes,
	size_t count)
{
	if (e->failed || !overlay_make(&e->overlay, e->replay, &e->units, choice))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct overlay_line *line = find_line(&e->overlay, &bytes[i]);

		if (line == NULL)
			return false;
		memcpy(line->content + bytes[i].at, bytes[i].content, bytes[i].size);
	}
	return experiment_fails_overlay(e);
}

/* ---- many ---- */

/* Sets some units of what fails to another choice, as far as it still fails; halving what does not. */
static void move_towards(struct experiment *e, const uint8_t *goal, size_t begin, size_t end)
{
	size_t differing = 0;

	memcpy(e->trial, e->failing, e->units.count);
	for (size_t i = begin; i < end; i++) {
		differing += e->trial[i] != goal[i];
		e->trial[i] = goal[i];
	}
	if (differing == 0 || e->checks >= MOST_CHECKS || e->over || e->failed)
		return;
	if (experiment_fails(e, e->trial)) {
		if (e->over)
			return;
		memcpy(e->failing, e->trial, e->units.count);
		return;
	}
	if (differing > 1) {
		move_towards(e, goal, begin, begin + (end - begin) / 2);
		move_towards(e, goal, begin + (end - begin) / 2, end);
	}
}

void experiment_give_back(struct experiment *e)
{
	move_towards(e, e->live, 0, e->units.count);
	for (size_t i = 0; i < e->units.count; i++)
		e->lost[i] = e->failing[i] != e->live[i];
}

size_t experiment_kept(struct experiment *e)
{
	uint8_t *goal = calloc(1, e->units.count + 1);
	size_t kept = e->units.count;

	if (goal == NULL)
		return kept;
	for (size_t i = 0; i < e->units.count; i++)
		goal[i] = experiment_is_lost(e, i) ? e->failing[i] : 0;
	move_towards(e, goal, 0, e->units.count);
	for (size_t i = e->units.count; i-- > 0;)
		if (e->failing[i] != goal[i])
			kept = i;
	free(goal);
	return kept;
}

/*
 * Whether nobody had flushed that content before a drain: one of its thread since it was stored, or the one that
 * comes next. What was found dirty was found at a drain.
 */
static bool is_overdue(const struct experiment *e, const struct unit *u, unsigned choice)
{
	const struct pf_version *v = u->version[choice];

	return !v->stored || choice > u->flushed ||
	       history_drained(e->replay->trace, v->event, e->replay->event);
}

unsigned experiment_unflushed(struct experiment *e, size_t i)
{
	const struct unit *u = &e->units.unit[i];

	for (unsigned c = u->choices - 1; c > 0; c--) {
		if (u->version[c]->thread != NULL || !is_overdue(e, u, c))
			continue;
		memcpy(e->trial, e->failing, e->units.count);
		e->trial[i] = (uint8_t)c;
		if (!experiment_fails(e, e->trial) && !e->failed)
			return c;
	}
	return 0;
}
