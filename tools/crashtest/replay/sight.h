/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sight.h -- when a content of some bytes is first in a trace, and when it was flushed and became durable.
 *
 * Where stores are not recorded, what was stored is first seen at the flush of its line, or at the drain at which it
 * was found.
 */
#ifndef CRASHTEST_SIGHT_H
#define CRASHTEST_SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "powerfail/medium.h"

struct trace;

/* Bytes of a line, and what they hold. */
struct bytes {
	struct pf_medium *medium;
	size_t line, at, size; /* at: within the line */
	char content[PF_LINE]; /* size bytes */
};

struct sight {
	struct bytes bytes;
	uint64_t seen;    /* the first record that has it; 0: none was found */
	uint64_t flushed; /* the first flush that has it; 0: none was found */
	uint64_t drained; /* the drain after that; 0: none was found */
	uint64_t
		early; /* a flush of the line before it was stored, with no drain between; 0: none */
	bool named; /* the program named some of the bytes in that flush, and not only others of the line */
	uint32_t thread; /* that flushed it, or else that stored it or found it */
};

/* Fills in a sight of its bytes, as of an event, and up to the second drain after it. */
void sight_find(struct sight *sight, const struct trace *trace, uint64_t event);

/* The first drain from an event on, or the last before it; 0: there is none. */
uint64_t sight_next_drain(const struct trace *trace, uint64_t event);
uint64_t sight_last_drain(const struct trace *trace, uint64_t event);

#endif
