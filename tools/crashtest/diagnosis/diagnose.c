/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * diagnose.c -- finds out what is wrong, for each group of failures.
 *
 * All groups are gone through in one replay, in the order of their events. At its event, what the image of a
 * group had is noted; before the next drain come the experiments of all groups that were noted since the last.
 */
#include "diagnose.h"

#include <stdlib.h>

#include "checks/jobs.h"
#include "common/options.h"
#include "common/say.h"
#include "conclude.h"
#include "images/pieces.h"
#include "prove.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"

enum { REMEMBERED = 4 << 20 }; /* records up to which it is kept what lines held before */

/* A group whose image is known, and its experiments are to come. */
struct noted {
	struct group *group;
	struct pieces pieces;
};

struct diagnosis {
	const struct options *options;
	struct replay replay;
	struct jobs jobs;
	struct noted *noted; /* room for all groups */
	size_t count;
	bool failed;
};

/* The replay is before a drain, or at the end. */
static void conclude_noted(struct diagnosis *d)
{
	for (size_t i = 0; i < d->count; i++) {
		struct noted *n = &d->noted[i];

		d->failed = d->failed || !conclude(n->group, &n->pieces, &d->replay, &d->jobs);
		pieces_free(&n->pieces);
	}
	d->count = 0;
}

/* Goes on to the event of a group, and notes what its image had. */
static void note(struct diagnosis *d, struct group *group)
{
	struct noted *n;

	while (!replay_towards(&d->replay, group->event)) {
		conclude_noted(d);
		replay_apply(&d->replay, replay_next(&d->replay));
	}
	n = &d->noted[d->count];
	*n = (struct noted){.group = group};
	if (pieces_note(&n->pieces, d->options, &d->replay, group->name, group->torn))
		d->count++;
	else
		pieces_free(&n->pieces);
}

static int by_event(const void *a, const void *b)
{
	const struct group *g = *(struct group *const *)a, *h = *(struct group *const *)b;

	return g->event < h->event ? -1 : g->event > h->event;
}

/* What is noted at a drain is concluded there as well: the drain is still to come. */
static void diagnose_all(struct diagnosis *d, struct group **groups, size_t count)
{
	qsort(groups, count, sizeof(struct group *), by_event);
	for (size_t i = 0; i < count && !d->failed; i++)
		note(d, groups[i]);
	replay_towards(&d->replay, UINT64_MAX);
	conclude_noted(d);
}

/* One finding a cause, and what mends it. */
static void finish(struct diagnosis *d, struct results *results)
{
	results_merge(results, results_one_cause);
	if (!d->failed && !prove(d->options, d->replay.trace, &d->jobs, results))
		d->failed = true;
}

int diagnose(const struct options *wanted, const struct trace *trace, struct results *results)
{
	struct options options = *wanted;
	struct diagnosis d = {.options = &options};
	struct group **groups;
	int ret;

	if (results->count == 0)
		return 0;
	options.recoveries = NULL; /* they are not cut in experiments */
	groups = calloc(results->count, sizeof(struct group *));
	d.noted = calloc(results->count, sizeof(*d.noted));
	ret = groups != NULL && d.noted != NULL && replay_open(&d.replay, trace) == 0;
	d.replay.coherent = options.coherent;
	d.replay.remembers = trace->records <= REMEMBERED;
	ret = ret != 0 ? jobs_init(&d.jobs, &options, &d.replay, options.jobs)
	               : say_failed("no memory");
	for (size_t i = 0; groups != NULL && i < results->count; i++)
		groups[i] = &results->group[i];
	if (ret == 0 && groups != NULL)
		diagnose_all(&d, groups, results->count);
	if (ret == 0 && !d.failed)
		finish(&d, results);
	jobs_finish(&d.jobs);
	replay_close(&d.replay);
	free(d.noted);
	free(groups);
	return ret == 0 && d.failed ? CRASHTEST_FAILED : ret;
}
