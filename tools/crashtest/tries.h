/* SPDX-License-Identifier: BSD-3-Clause */
/* tries.h -- which images of a point of failure are tried. */
#ifndef CRASHTEST_TRIES_H
#define CRASHTEST_TRIES_H

#include <stdbool.h>
#include <stdint.h>

struct jobs;
struct options;
struct replay;
struct results;
struct tries;

/* A moment at which the power may fail. */
struct point {
	uint64_t event;
	uint32_t stack, thread;
	int cut; /* enum cut */
};

/* Images are given to jobs; results are those of all that were checked. NULL: no memory. */
struct tries *tries_new(const struct options *options, struct jobs *jobs,
	const struct results *results);
void tries_free(struct tries *t);

/* Tries the images of the point that the replay is at; false: no more can be tried. */
bool tries_at(struct tries *t, const struct replay *r, const struct point *p);

/* How many images were tried. */
uint64_t tries_images(const struct tries *t);

#endif
