/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * experiment.h -- does this image still fail? An image that fails is changed as long as it does.
 *
 * It takes place before the drain that follows the failure, or at the end: what the program had stored by
 * then is known, and is what an image that lost nothing has.
 */
#ifndef CRASHTEST_EXPERIMENT_H
#define CRASHTEST_EXPERIMENT_H

#include "images/overlay.h"
#include "images/units.h"

struct jobs;
struct outcome;
struct pieces;

struct experiment {
	struct replay *replay;
	struct jobs *jobs;
	struct units units;
	struct overlay overlay;
	uint8_t *failing; /* choices, one for each unit */
	uint8_t *live;    /* those that lose nothing */
	uint8_t *trial;
	uint8_t *lost; /* whether it lost something that matters: set by experiment_give_back() */
	unsigned checks, hung;         /* how many, and of how many the checker hung */
	const struct outcome *outcome; /* of the failure: others are not it */
	bool passed;                   /* the last one did, and did not fail otherwise */
	bool over;                     /* it hung too often: no more is tried, and nothing passes */
	bool failed;                   /* the checker cannot be run */
};

/* Begins where the replay is; how: UNITS_. false: no memory. experiment_finish is right in both cases. */
bool experiment_begin(struct experiment *e, struct replay *r, struct jobs *jobs, unsigned how,
	const struct pieces *pieces, const struct outcome *outcome);
void experiment_finish(struct experiment *e);

/* Whether the checker fails on the image of some choices, or on that in e->overlay, as it did on the first. */
bool experiment_fails(struct experiment *e, const uint8_t *choice);
bool experiment_fails_overlay(struct experiment *e);

/* Likewise, with other bytes in some lines. */
struct bytes;
bool experiment_fails_with(struct experiment *e, const uint8_t *choice, const struct bytes *bytes,
	size_t count);

/* Gives back to the failing image what it lost, as far as it still fails. */
void experiment_give_back(struct experiment *e);

/* Whether a unit of the failing image lost something that matters. */
static inline bool experiment_is_lost(const struct experiment *e, size_t i)
{
	return e->lost[i] != 0;
}

/*
 * Takes away from the failing image what it did not lose, as far as it still fails. Returns the first unit
 * that has to be kept, or how many units there are: none has.
 */
size_t experiment_kept(struct experiment *e);

/* A content of the unit that nobody had flushed, and with which it passes; 0: there is none. */
unsigned experiment_unflushed(struct experiment *e, size_t i);

#endif
