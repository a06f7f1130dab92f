/* SPDX-License-Identifier: BSD-3-Clause */
/* tries.h -- which images of a point of failure are tried. */
#ifndef CRASHTEST_TRIES_H
#define CRASHTEST_TRIES_H

#include <stdbool.h>
#include <stdint.h>

struct jobs;
struct options;
struct point;
struct replay;
struct results;
struct tries;

/* Images are given to jobs; results are those of all that were checked. NULL: no memory. */
struct tries *tries_new(const struct options *options, struct jobs *jobs,
	const struct results *results);
void tries_free(struct tries *t);

/*
 * Tries the images of the tiers of the point that the replay is at. *planned is how many all tiers have. false: no
 * more can be tried.
 */
bool tries_at(struct tries *t, const struct replay *r, const struct point *p, double *planned);

/* No more is tried, and tries_at() says so. */
void tries_stop(struct tries *t);

/* How many images were tried, equal ones once, or each time. */
uint64_t tries_images(const struct tries *t);
double tries_tried(const struct tries *t);

#endif
