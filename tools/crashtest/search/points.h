/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * points.h -- the points of failure of a trace, and the order in which they are tried.
 *
 * Points that look alike are of one kind: they were reached by one call stack, and what is on its way there was
 * stored and flushed in the same way. The first, the last and random ones of each kind are tried first, with the
 * images that tell most; then more of them, and more images of the first ones.
 */
#ifndef CRASHTEST_POINTS_H
#define CRASHTEST_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;
struct replay;

/* What is tried at a point, in the order of these. */
enum tier {
	TIER_SINGLES = 1, /* all, nothing, and up to 64 lines lost alone and kept alone */
	TIER_REST = 2,    /* the other lines likewise */
	TIER_SUBSETS = 4, /* all combinations, or random ones */
};

/* A moment at which the power may fail. */
struct point {
	uint64_t event;
	uint64_t occurrence; /* of its kind, in the order in which they are tried */
	uint32_t stack, thread;
	uint32_t kind;
	int cut; /* enum cut */
	unsigned tiers;
};

/* One to be tried in a pass through the trace. */
struct wanted {
	uint64_t number; /* of the point, from 0 on */
	uint64_t occurrence;
	unsigned tiers;
};

struct points {
	uint32_t *kind; /* of each point */
	uint64_t count, room;
	struct kind {
		uint64_t key;
		uint64_t count; /* of its points */
		uint64_t first; /* of them in order[] */
		double planned; /* images of those that were tried: of all tiers, */
		uint64_t tried; /* and how many of the points */
	} * kinds;
	size_t kind_count, kind_room;
	uint64_t *order; /* points, by kind, in the order in which they are tried */
	struct wanted *wanted;
	size_t wanted_count, wanted_room;
	bool all; /* none is left out */
};

/* Goes to the end of the trace and finds its points. false: no memory, or the trace is damaged. */
bool points_find(struct points *points, struct replay *r, const struct options *options);
void points_free(struct points *points);

/*
 * Fills in points->wanted with what is tried in a stage, from 0 on, by number, and goes on to the next stage; with
 * that of several stages, if these are fewer points than `least`. false: no memory; *last: there is no further stage.
 */
bool points_stage(struct points *points, unsigned *stage, uint64_t least, bool *last);

/* A way through the trace. With a replay at its beginning, the rest being zero, it begins. */
struct points_walk {
	struct replay *replay;
	bool at_drain; /* the record that settles is still to be applied */
	bool ended;
};

/* Goes on to the next point: whether there is one. The replay is before the record or after it, as the cut is. */
bool points_next(struct points_walk *walk, struct point *point);

#endif
