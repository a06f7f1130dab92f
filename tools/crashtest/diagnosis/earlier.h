/* SPDX-License-Identifier: BSD-3-Clause */
/* earlier.h -- what became durable some time ago, and is what an image fails on. */
#ifndef CRASHTEST_EARLIER_H
#define CRASHTEST_EARLIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct experiment;

/* The zero value is none; bytes are to be freed. */
struct earlier {
	struct bytes *bytes; /* lines, as they were before */
	size_t count, room;
	size_t named;   /* one of them: that became durable first */
	uint64_t event; /* when */
};

/*
 * Takes back what became durable last, drain by drain, until the image of some choices passes. false: that does not
 * help.
 */
bool earlier_find(struct experiment *e, const uint8_t *choice, struct earlier *earlier);

/* Which bytes of the named line are others now; false: none. */
bool earlier_differs(const struct earlier *earlier, struct bytes *bytes);

#endif
