/* SPDX-License-Identifier: BSD-3-Clause */
/* prove.c -- whether a failure is gone with a flush or a drain more in the trace. */
#include "prove.h"

#include "checks/jobs.h"
#include "checks/outcome.h"
#include "common/options.h"
#include "replay/mend.h"
#include "replay/replay.h"
#include "search/points.h"
#include "search/results.h"
#include "search/tries.h"

enum {
	MOST_IMAGES = 1000, /* of one proof: with more to be checked there is none */
	MOST_POINTS = 200,  /* likewise */
	MOST_IN_ALL = 10000,
};

struct proof {
	const struct options *options;
	const struct trace *trace;
	struct jobs *jobs;
	struct replay replay;
	struct tries *tries;
	const struct group *group;
	const struct mend *mend;
	bool is_other;   /* it was proposed for another group */
	uint64_t images; /* of all proofs */
	bool failed; /* an image fails as the group does, or too many would have to be checked */
};

/*
 * An order helps two lines only if neither alone fails. If they may have to change together, any failure is the same
 * one; where the mend stores something early, what is stored with it may be missing, and only a state that is none of
 * those that an operation may leave counts.
 */
static bool fails_so(const struct proof *p, const struct outcome *outcome)
{
	const struct outcome *of = &p->group->outcome;

	if (results_alike(outcome, of, ALIKE_MOSTLY))
		return true;
	return p->group->otherwise != NULL &&
	       (p->mend->until == 0 || (of->kind == CHECK_STATE && outcome->kind == CHECK_STATE));
}

static void done(void *arg, const struct check *check, const struct outcome *outcome)
{
	struct proof *p = arg;

	(void)check;
	if (outcome->kind == CHECK_PASSED || !fails_so(p, outcome))
		return;
	p->failed = true;
	tries_stop(p->tries);
}

/* Puts what mends it into the trace: its own flush and drain can be cut as any other can. */
static void put_in(void *arg, struct replay *r)
{
	struct proof *p = arg;
	struct point point = {.event = r->event + 1, .cut = CUT_DRAIN, .thread = p->mend->thread};
	double planned;

	if (!mend_is_here(p->mend, r))
		return;
	point.tiers = TIER_SINGLES | TIER_REST | TIER_SUBSETS;
	for (size_t i = 0; i < mend_steps(p->mend) && !p->failed; i++) {
		mend_flush(p->mend, r, i);
		if (p->mend->kind == MEND_PERSIST && !tries_at(p->tries, r, &point, &planned))
			p->failed = true;
		mend_drain(p->mend, r);
	}
}

static void correct(void *arg, const struct replay *r, const struct pf_medium *m, size_t line,
	char *content)
{
	const struct proof *p = arg;

	mend_correct(p->mend, r, m, line, content);
}

/* The drain after the failure: what comes then may fail in the same way at another time. */
static uint64_t end_of(const struct proof *p)
{
	uint64_t drain = sight_next_drain(p->trace, p->group->event);

	return drain != 0 ? drain : UINT64_MAX;
}

static void look_at_points(struct proof *p)
{
	struct points_walk walk = {.replay = &p->replay};
	bool near = p->is_other || p->group->event < p->mend->event;
	uint64_t begin = near ? p->group->event : p->mend->event;
	uint64_t end = end_of(p);
	struct point point;
	unsigned points = 0;
	double planned;

	while (!p->failed && points_next(&walk, &point) && point.event <= end) {
		if (point.event < begin)
			continue;
		point.tiers = TIER_SINGLES | TIER_REST | TIER_SUBSETS;
		if (points++ >= MOST_POINTS || tries_images(p->tries) > MOST_IMAGES ||
			!tries_at(p->tries, &p->replay, &point, &planned))
			p->failed = true;
	}
	p->failed = p->failed || p->replay.failed;
}

/* Leaves the images as at the beginning. */
static bool helps(struct proof *p)
{
	const struct results none = {0};
	const struct replay *before = p->jobs->replay;
	bool proven = false;

	p->failed = !jobs_rewind(p->jobs);
	p->tries = tries_new(p->options, p->jobs, &none);
	p->jobs->replay = &p->replay;
	p->jobs->done = done;
	p->jobs->arg = p;
	if (replay_open(&p->replay, p->trace) == 0 && p->tries != NULL) {
		p->replay.coherent = p->options->coherent;
		p->replay.before_each = put_in;
		p->replay.correct = correct;
		p->replay.before_arg = p;
		look_at_points(p);
		proven = jobs_rewind(p->jobs) && !p->failed;
		p->images += tries_images(p->tries);
	}
	replay_close(&p->replay);
	tries_free(p->tries);
	p->jobs->replay = before;
	return proven;
}

static void try_group(struct proof *p, struct group *g)
{
	p->group = g;
	for (size_t i = 0; i < g->mend_count && g->proven == NULL; i++) {
		if (p->jobs->failed || p->images > MOST_IN_ALL)
			return;
		p->mend = &g->mends[i];
		if (helps(p))
			results_proven(g, p->mend);
	}
}

/* Whether what is proposed for the one, at each event of a kind, mends the other as well. */
static bool has_mend_of(struct proof *p, const struct group *g, const struct group *other)
{
	p->group = g;
	p->is_other = true;
	for (size_t i = 0; i < other->mend_count; i++) {
		p->mend = &other->mends[i];
		if (mend_is_everywhere(p->mend) && helps(p))
			return true;
	}
	return false;
}

/* One drain may be missing before several things that need it; a flush of everything would mend too much. */
static bool is_drain(const struct group *g)
{
	return g->proven->kind == MEND_DRAIN || g->proven->kind == MEND_DRAIN_ALL;
}

/* Whether what mends the one, at the place where the other is mended, mends that as well. */
static bool has_one_mend(struct proof *p, const struct group *g, const struct group *other)
{
	if (g->fault != other->fault || g->torn != other->torn ||
		g->proven->kind != other->proven->kind ||
		g->proven->event != other->proven->event || results_one_cause(g, other))
		return false;
	p->group = g;
	p->is_other = false;
	p->mend = other->proven;
	return helps(p);
}

/*
 * Failures that nothing proposed for them mends may have the cause of others; so may those that are mended at the same
 * place.
 */
static void look_for_others(struct proof *p, struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->count; j++) {
			const struct group *g = &results->group[i], *other = &results->group[j];

			if (p->jobs->failed || p->images > MOST_IN_ALL)
				return;
			if (other->proven == NULL || i == j ||
				(g->proven != NULL && results_one_fault(g, other)))
				continue;
			if (g->proven == NULL || is_drain(other)
					? has_mend_of(p, g, other)
					: j < i && has_one_mend(p, g, other))
				results_join(results, j, i);
		}
}

bool prove(const struct options *options, const struct trace *trace, struct jobs *jobs,
	struct results *results)
{
	struct options thorough = *options;
	struct proof p = {.options = &thorough, .trace = trace, .jobs = jobs};

	thorough.all = true;
	thorough.torn = false;
	for (size_t i = 0; i < results->count; i++)
		try_group(&p, &results->group[i]);
	look_for_others(&p, results);
	results_merge(results, results_one_fault);
	return !jobs->failed;
}
