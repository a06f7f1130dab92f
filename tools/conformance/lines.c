/* SPDX-License-Identifier: BSD-3-Clause */
#include "lines.h"

#include <string.h>

void lines_start(struct lines *lines, size_t begin, size_t end)
{
	lines->begin = begin;
	lines->end = end;
	lines->min_store = (begin | end) % 8 ? 1 : 8;
	memset(lines->line, 0, sizeof(lines->line));
	memset(lines->stored + begin, 0, end - begin);
	lines->unfenced_store = lines->unfenced_stream = false;
	lines->flushes = lines->fences = lines->streams = 0;
	lines->broken = NULL;
}

/* The lines of the range: those from the first to before the second. */
static size_t first_line(const struct lines *lines)
{
	return lines->begin / LINE;
}

static size_t behind_last_line(const struct lines *lines)
{
	return lines->begin == lines->end ? first_line(lines) : (lines->end - 1) / LINE + 1;
}

void lines_make_dirty(struct lines *lines)
{
	for (size_t i = first_line(lines); i < behind_last_line(lines); i++)
		lines->line[i].dirty = true;
	lines->unfenced_store = true;
}

static void broken(struct lines *lines, const char *rule)
{
	if (!lines->broken)
		lines->broken = rule;
}

void lines_store(struct lines *lines, size_t at, size_t bytes, bool stream)
{
	if (at < lines->begin || at + bytes > lines->end) {
		broken(lines, "a store outside the range");
		return;
	}
	if (bytes < lines->min_store || at % lines->min_store)
		broken(lines, "a store that may tear an aligned 8-byte value");

	memset(lines->stored + at, true, bytes);
	for (size_t i = at / LINE; i * LINE < at + bytes; i++) {
		if (stream && lines->streams_count)
			lines->line[i].under_way = true;
		else
			lines->line[i].dirty = true;
		if (stream)
			lines->line[i].streamed = true;
	}
	lines->unfenced_store = true;
	if (stream) {
		lines->unfenced_stream = true;
		lines->streams++;
	}
}

void lines_flush(struct lines *lines, size_t at, enum kind instruction)
{
	size_t i = at / LINE;

	if (lines->lose_flush && i + 1 == behind_last_line(lines))
		return;
	lines->flushes++;
	if (instruction != lines->flush && lines->flush != TRAP) {
		broken(lines, "another backend's flush instruction");
		return;
	}
	if (i < first_line(lines) || i >= behind_last_line(lines)) {
		broken(lines, "a flush of a line outside the range");
		return;
	}
	/* it may overtake a non-temporal store, which then stays in the cache */
	lines->line[i].dirty = lines->line[i].streamed && !lines->streams_count;
	lines->line[i].under_way = true;
}

void lines_fence(struct lines *lines)
{
	if (lines->lose_fence)
		return;
	lines->fences++;
	lines->unfenced_store = lines->unfenced_stream = false;
	for (size_t i = first_line(lines); i < behind_last_line(lines); i++)
		lines->line[i].under_way = lines->line[i].streamed = false;
}

void lines_sync(struct lines *lines, size_t at, size_t bytes)
{
	size_t end = (at + bytes + PAGE - 1) / PAGE * PAGE; /* the kernel's unit */

	for (size_t i = at / LINE; i * LINE < end && i < AREA / LINE; i++)
		lines->line[i].dirty = lines->line[i].under_way = false;
	if (at <= lines->begin && lines->end <= end)
		lines->unfenced_store = lines->unfenced_stream = false;
}

const char *lines_all_stored(const struct lines *lines)
{
	for (size_t at = lines->begin; at < lines->end; at++)
		if (!lines->stored[at])
			return "a byte that no known instruction stored to";
	return NULL;
}

const char *lines_flushed(const struct lines *lines)
{
	for (size_t i = first_line(lines); i < behind_last_line(lines); i++)
		if (lines->line[i].dirty)
			return "a line that is not flushed after its last store";
	return NULL;
}

const char *lines_fenced(const struct lines *lines)
{
	for (size_t i = first_line(lines); i < behind_last_line(lines); i++)
		if (lines->line[i].under_way)
			return "a flush or a non-temporal store without a fence after it";
	return NULL;
}
