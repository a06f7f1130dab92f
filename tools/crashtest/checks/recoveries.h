/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recoveries.h -- the recoveries that ran on images, and left a trace: which of them are cut themselves.
 *
 * Recoveries that flushed and drained from the same places are of one kind. Of each kind some are kept, chosen
 * evenly from all.
 */
#ifndef CRASHTEST_RECOVERIES_H
#define CRASHTEST_RECOVERIES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "images/base.h"
#include "outcome.h"

struct images;

struct recovery {
	char *trace;
	struct base base;
	uint64_t event; /* of the image that it ran on, */
	char name[CHECK_NAME];
	size_t kind, number; /* which of its kind it is, when they are sorted */
};

struct recoveries {
	char directory[PATH_MAX]; /* of the traces */
	struct recovery *one;
	size_t count, room;
	struct recovery_kind {
		uint64_t places; /* a hash of the places where it flushed and drained */
		size_t seen, kept;
	} * kind;
	size_t kinds;
	uint64_t seen;    /* traces that had something to cut */
	uint64_t without; /* recoveries that left no trace: they mapped no file */
	uint64_t number, random;
	bool all;    /* keep all */
	bool failed; /* no memory, or no room */
};

/* The directory is made in that place. 0 or -errno; recoveries_finish is right in both cases. */
int recoveries_init(struct recoveries *list, const char *place, bool all);
void recoveries_finish(struct recoveries *list);

/*
 * A recovery ended well on the images, which stood for that check: keeps its traces, or removes them. ack: the
 * file of what was acknowledged, or ""; left: of standard input, as a replay has it.
 */
void recoveries_take(struct recoveries *list, const struct images *images, const char *trace,
	const char *ack, uint64_t left, const struct check *check);

/* The check failed after all: what a cut in its recoveries leaves would fail for the same reason. */
void recoveries_forget(struct recoveries *list, const struct check *check);

/* Removes the traces of a recovery. */
void recoveries_remove(const char *trace);

/* The first of each kind come first, then the second ones. */
void recoveries_sort(struct recoveries *list);

#endif
