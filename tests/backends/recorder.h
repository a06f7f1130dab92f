/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line file for the store template whose loads, stores, flushes and fences go to a model of
 * the cache beside doing their work.
 *
 * The model knows, for each cache line, whether it has bytes that would be lost with the
 * cache, and whether something is under way to memory that no fence has waited for.
 */
#ifndef TESTS_RECORDER_H
#define TESTS_RECORDER_H

#include <libpmem2/backend.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ISA_NEEDS 0
#ifndef STREAMS_REACH_MEMORY /* the build says 0 to have a CPU whose streams are hints */
#define STREAMS_REACH_MEMORY 1
#endif

enum {
	AREA = 6 << 20, /* bytes of memory that the model covers */
	MIN_LINE_SIZE = 16
};

struct line_state {
	bool dirty;            /* stored to since its last flush */
	bool under_way;        /* flushed, or stored non-temporally, since the last fence */
	bool streamed;         /* non-temporally, since the last fence */
	bool stored;           /* in this operation */
	unsigned char flushes; /* in this operation */
};

struct recorder {
	size_t line_size;
	bool streams_count;    /* a non-temporal store reaches memory by itself */
	const char *lost_line; /* flushes of the line there are ignored, to see the model notice */
	bool lost_fence;

	const char *begin, *end;         /* where the operation may store */
	struct line_state *first, *stop; /* the lines of that, and of the 64 bytes around */
	size_t min_store;                /* bytes */

	unsigned flushes, fences, streams; /* events of the operation */
	bool unfenced_store, unfenced_stream;
	const char *broken; /* the first rule that an event broke */
	struct line_state lines[AREA / MIN_LINE_SIZE];
};

extern struct recorder recorder;
extern char area[AREA];

static inline struct line_state *line_at(const char *p)
{
	return &recorder.lines[(size_t)(p - area) / recorder.line_size];
}

static inline void broken(const char *rule)
{
	if (!recorder.broken)
		recorder.broken = rule;
}

static inline void record_store(const char *p, size_t bytes, bool stream)
{
	struct line_state *last = line_at(p + bytes - 1);

	if (p < recorder.begin || p + bytes > recorder.end)
		broken("a store outside the destination");
	if (bytes < recorder.min_store || (recorder.min_store == 8 && (uintptr_t)p % 8))
		broken("a store that may tear an aligned 8-byte value");
	for (struct line_state *line = line_at(p); line <= last; line++) {
		if (line->flushes && recorder.line_size <= 64)
			broken("a store to a line whose flush has begun");
		line->stored = true;
		line->streamed = line->streamed || stream;
		if (stream && recorder.streams_count)
			line->under_way = true;
		else
			line->dirty = true;
	}
	recorder.unfenced_store = true;
	if (stream) {
		recorder.unfenced_stream = true;
		recorder.streams++;
	}
}

static inline void record_flush(const char *p)
{
	struct line_state *line = line_at(p);

	recorder.flushes++;
	if (recorder.lost_line && line == line_at(recorder.lost_line))
		return;
	if (line->flushes++ && recorder.line_size <= 64)
		broken("a line flushed twice");
	if (!line->stored && recorder.line_size == 64)
		broken("a flush of a line that was not stored to");
	line->under_way = line->under_way || line->dirty;
	/* it may overtake a non-temporal store, which then stays in the cache */
	line->dirty = line->streamed && STREAMS_REACH_MEMORY && !recorder.streams_count;
}

/* The template's unit is 64 bytes, the CPU's line is not always. */
static inline void flush_line(const char *unit)
{
	for (size_t at = 0; at < 64; at += recorder.line_size)
		record_flush(unit + at);
}

static inline void fence(void)
{
	recorder.fences++;
	if (recorder.lost_fence)
		return;
	recorder.unfenced_store = recorder.unfenced_stream = false;
	for (struct line_state *line = recorder.first; line < recorder.stop; line++)
		line->under_way = line->streamed = false;
}

/* An operation on [dest, dest + len) begins. */
void recorder_start(const char *dest, size_t len);

/* NULL, or what stands between the lines of the destination and durability. */
const char *recorder_flushed(void);
const char *recorder_fenced(void);

/* Every other load is slow by this clock: both outcomes are tried. */
static inline uint64_t ticks(void)
{
	static uint64_t looks;

	return looks++ / 3 * 1000;
}

static inline void touch(const char *p)
{
	(void)p;
}

/* Of the bytes on both sides nothing is stored. */
static inline void stream_few(char *p, uint32_t v, size_t bytes)
{
	record_store(p, bytes, true);
	memcpy(p, &v, bytes);
}

#define RECORDED(n) \
	static inline v##n load##n(const char *p) \
	{ \
		v##n v; \
		memcpy(&v, p, n); \
		return v; \
	} \
	static inline void store##n(char *p, v##n v) \
	{ \
		record_store(p, n, false); \
		memcpy(p, &v, n); \
	} \
	static inline void stream##n(char *p, v##n v) \
	{ \
		record_store(p, n, true); \
		memcpy(p, &v, n); \
	}

#define RECORDED_VECTOR(n) \
	typedef struct { \
		char byte[n]; \
	} v##n; \
	RECORDED(n) \
	static inline v##n splat##n(int c) \
	{ \
		v##n v; \
		memset(&v, c, n); \
		return v; \
	}

typedef uint8_t v1;
typedef uint16_t v2;
typedef uint32_t v4;
typedef uint64_t v8;
RECORDED(1)
RECORDED(2)
RECORDED(4)
RECORDED(8)
RECORDED_VECTOR(16)
RECORDED_VECTOR(64)

#endif
