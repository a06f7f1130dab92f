/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * conclude.c -- what is the fault?
 *
 * First: does the image fail that lost nothing? If it passes, losses are given back as long as the checker
 * still fails: what remains lost is what matters. Then what is not lost is taken away likewise: what remains
 * is what needs the other. What the program did about the two names the fault.
 */
#include "conclude.h"

#include <stdio.h>
#include <string.h>

#include "acknowledged.h"
#include "cause.h"
#include "common/options.h"
#include "experiment.h"
#include "explain.h"
#include "history.h"
#include "line_order.h"
#include "powerfail/model.h"
#include "propose.h"
#include "replay/replay.h"
#include "search/results.h"
#include "stale.h"

enum { SMALL = PF_LINE }; /* bytes: one thing, which no program means to be two */

/* ---- what was flushed in time, or not ---- */

static const struct unit *unit_of(const struct experiment *e, size_t i)
{
	return i != SIZE_MAX ? &e->units.unit[i] : NULL;
}

/* Two units that one small flush covered: parts of one thing. */
static bool are_one(const struct experiment *e, const struct cause *c)
{
	const struct unit *lost = unit_of(e, c->lost_unit), *kept = unit_of(e, c->kept_unit);
	const struct pf_version *a = lost != NULL ? lost->version[lost->newest] : NULL;
	const struct pf_version *b = kept != NULL ? kept->version[kept->newest] : NULL;

	return a != NULL && b != NULL && a->event == b->event && a->line != b->line &&
	       history_named_length(e->replay->trace, a) > 0 &&
	       history_named_length(e->replay->trace, a) <= SMALL;
}

static bool are_of_one_line(const struct experiment *e, const struct cause *c)
{
	const struct unit *a = unit_of(e, c->lost_unit), *b = unit_of(e, c->kept_unit);

	return a != NULL && b != NULL && a->medium == b->medium && a->line == b->line;
}

/* Whether another thread drained for what is lost. */
static bool is_foreign(const struct experiment *e, const struct cause *c)
{
	const struct unit *u = unit_of(e, c->lost_unit);

	for (unsigned i = e->failing[c->lost_unit] + 1u; u != NULL && i < u->choices; i++)
		if (u->pending[i] != NULL && u->pending[i]->foreign)
			return true;
	return false;
}

/* What is lost was flushed, and not drained. */
static enum fault name_flushed(const struct experiment *e, const struct cause *c)
{
	uint64_t kept = c->kept.flushed != 0 && c->kept.flushed <= e->replay->event
	                        ? c->kept.flushed
	                        : c->kept.seen;

	if (is_foreign(e, c))
		return FAULT_OTHER_THREAD;
	if (!c->has_kept)
		return FAULT_UNORDERED;
	if (c->was_durable)
		return FAULT_WRONG_ORDER;
	if (c->kept.flushed == 0 || c->kept.flushed > e->replay->event)
		return history_store(e->replay->trace, kept) != NULL && kept > c->lost.flushed
		               ? FAULT_MISSING_DRAIN
		               : FAULT_WRONG_ORDER;
	return kept >= c->lost.flushed ? FAULT_MISSING_DRAIN : FAULT_WRONG_ORDER;
}

/* What is lost was not flushed yet. */
static enum fault name_dirty(const struct experiment *e, const struct cause *c)
{
	if (c->lost.early != 0)
		return FAULT_AFTER_FLUSH;
	if (c->lost.flushed != 0)
		return FAULT_WRONG_ORDER;
	if (history_is_after_flush(e->replay->trace, unit_of(e, c->lost_unit), c->lost.seen))
		return FAULT_PARTIAL_FLUSH;
	return FAULT_MISSING_FLUSH;
}

static enum fault name(const struct experiment *e, const struct cause *c)
{
	bool flushed = c->lost.flushed != 0 && c->lost.flushed <= e->replay->event;

	if (c->is_future)
		return FAULT_WRONG_ORDER;
	return flushed ? name_flushed(e, c) : name_dirty(e, c);
}

/* Nothing of it was flushed: that comes first, whether or not it has to change together. */
static bool is_unflushed(const struct cause *c)
{
	return c->lost.flushed == 0 && (c->is_overdue || (c->kept.flushed == 0 && !c->was_durable));
}

/* Whether what is lost and what is kept are parts of one thing, for which there is no order. */
static bool is_one_thing(const struct experiment *e, const struct cause *c, enum fault *fault)
{
	if (are_of_one_line(e, c))
		*fault = FAULT_TORN;
	else if (c->has_kept && are_one(e, c))
		*fault = FAULT_ASTRIDE;
	else
		return false;
	return true;
}

/* What is lost replaces what is kept: the two cannot change together. */
static bool is_one_place(const struct cause *c)
{
	return c->lost.bytes.medium == c->kept.bytes.medium &&
	       c->lost.bytes.line == c->kept.bytes.line;
}

/* ---- one failure ---- */

static void name_what_is_whole(struct experiment *e, struct group *group)
{
	struct cause cause;
	bool found = cause_find_later(e, &cause) && cause.has_kept;

	/* what recovery cannot cope with, and an order may spare it */
	if (found && cause.is_orderable) {
		explain(e, &cause, FAULT_WRONG_ORDER, group);
		results_conclude_otherwise(group);
		propose(e, &cause, FAULT_WRONG_ORDER, group);
	}
	if (stale_name(e, group))
		return;
	if (!found || is_one_place(&cause)) {
		results_conclude(group, FAULT_RECOVERY,
			"nothing is lost: it fails on what a killed process leaves, too");
		snprintf(group->cause, sizeof(group->cause), "%d", (int)FAULT_RECOVERY);
	} else
		explain(e, &cause, cause.is_orderable ? FAULT_RECOVERY : FAULT_NOT_ATOMIC, group);
}

static void name_what_is_lost(struct experiment *e, struct group *group)
{
	struct cause cause, guard;
	enum fault fault;

	experiment_give_back(e);
	if (line_order_is_wrong(e, group))
		return;
	if (!cause_find(e, &cause)) {
		results_conclude(group, FAULT_UNKNOWN, "nothing that is lost matters");
		return;
	}
	fault = name(e, &cause);
	if (is_one_thing(e, &cause, &fault)) {
		explain(e, &cause, fault, group);
		return;
	}
	if (cause_find_guard(e, &cause, &guard)) {
		fault = name(e, &guard);
		explain(e, &guard, fault, group);
		results_conclude_otherwise(group);
		propose(e, &guard, fault, group);
		explain(e, &cause, FAULT_NOT_ATOMIC, group);
		return;
	}
	explain(e, &cause, fault, group);
	propose(e, &cause, fault, group);
	if (!cause.has_kept || cause.is_orderable || is_unflushed(&cause) || is_one_place(&cause))
		return;
	results_conclude_otherwise(group);
	explain(e, &cause, FAULT_NOT_ATOMIC, group);
}

/* After a checker that hung too often nothing more is tried, and the fault stays unknown: the rest would be a guess. */
static void judge(struct experiment *e, struct group *group)
{
	if (!experiment_fails(e, e->failing) && (e->passed || e->failed)) {
		results_conclude(group, FAULT_UNSTEADY,
			"the same image passed when it was checked again");
		return;
	}
	if (experiment_fails(e, e->live))
		name_what_is_whole(e, group);
	else
		name_what_is_lost(e, group);
	if (e->over && group->fault != FAULT_MISSING_FLUSH && group->fault != FAULT_PARTIAL_FLUSH &&
		group->fault != FAULT_STALE)
		results_conclude(group, FAULT_UNKNOWN,
			"the checker hung %u times while it was looked for; nothing more was tried",
			e->hung);
}

bool conclude(struct group *group, const struct pieces *pieces, struct replay *r, struct jobs *jobs)
{
	struct experiment e;
	bool done = experiment_begin(&e, r, jobs, UNITS_EVICTED | (group->torn ? UNITS_TORN : 0),
		pieces, &group->outcome);

	if (done) {
		judge(&e, group);
		acknowledged_name(&e, group);
	}
	done = done && !e.failed;
	experiment_finish(&e);
	return done;
}
