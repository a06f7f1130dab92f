/* SPDX-License-Identifier: BSD-3-Clause */
/* diagnose.h -- what the experiments on one failure share. */
#ifndef CRASHTEST_DIAGNOSE_H
#define CRASHTEST_DIAGNOSE_H

#include "results.h"
#include "walk.h"

struct diagnosis {
	const struct options *options;
	struct group *group;
	struct replay replay; /* before the drain that follows the failure */
	struct jobs jobs;
	struct units units;
	struct overlay overlay;
	uint8_t *failing; /* choices */
	uint8_t *live;    /* those that lose nothing */
	uint8_t *trial;
	unsigned checks;
	bool failed; /* the checker cannot be run */
};

void diagnosis_conclude(struct diagnosis *d, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether the checker fails on the image in d->overlay. */
bool diagnosis_fails_overlay(struct diagnosis *d);

/* The end of a path. */
const char *diagnosis_name(const struct pf_medium *medium);

/* The length of the flush or copy that made a version, bytes; 0: none did. */
size_t diagnosis_named_length(const struct diagnosis *d, const struct pf_version *v);

/* Whether what was flushed as a range, before some event, ended just before this line. */
bool diagnosis_is_behind_flush(const struct diagnosis *d, const struct unit *u, uint64_t event);

/* Whether what was in the file before the program began is to blame; nothing is lost. */
bool diagnosis_stale(struct diagnosis *d);

#endif
