/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lines.h -- the cache lines of a mapping, as the instructions of one call leave them.
 *
 * A line is dirty while it holds bytes that would be lost with the caches. It is under way after a
 * flush, or a non-temporal store that counts as one, until a fence.
 */
#ifndef PMEM2_CONFORMANCE_LINES_H
#define PMEM2_CONFORMANCE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"

enum {
	LINE = 64,
	PAGE = 4096,
	AREA = 512 << 10, /* bytes of the mapping */
};

struct lines {
	/* what the CPU and the backend promise */
	bool streams_count; /* a non-temporal store and a fence are durable, SDM vol. 1, 10.4.6.2 */
	enum kind flush;    /* the backend's instruction; OTHER: it has none; TRAP: any will do */
	bool lose_flush, lose_fence; /* to see the test notice */

	size_t begin, end; /* of the range, offsets in the mapping */
	size_t min_store;  /* an aligned value of 8 bytes is not to be torn */
	struct {
		bool dirty, under_way;
		bool streamed; /* non-temporally, since the last fence */
	} line[AREA / LINE];
	bool stored[AREA]; /* bytes */
	bool unfenced_store, unfenced_stream;
	unsigned flushes, fences, streams;
	const char *broken; /* the first rule that an instruction broke */
};

/* A call on [begin, end) starts: all is clean. */
void lines_start(struct lines *lines, size_t begin, size_t end);

/* As if the program had stored to all of the range. */
void lines_make_dirty(struct lines *lines);

void lines_store(struct lines *lines, size_t at, size_t bytes, bool stream);
void lines_flush(struct lines *lines, size_t at, enum kind instruction);
void lines_fence(struct lines *lines);

/* An msync(2) that returned. */
void lines_sync(struct lines *lines, size_t at, size_t bytes);

/* NULL, or what is missing */
const char *lines_all_stored(const struct lines *lines);
const char *lines_flushed(const struct lines *lines);
const char *lines_fenced(const struct lines *lines);

#endif
