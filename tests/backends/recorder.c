/* SPDX-License-Identifier: BSD-3-Clause */
#include "recorder.h"

struct recorder recorder;
char area[AREA] __attribute__((aligned(4096)));

void recorder_start(const char *dest, size_t len)
{
	recorder.begin = dest;
	recorder.end = dest + len;
	recorder.first = line_at(dest - (uintptr_t)dest % 64);
	recorder.stop = line_at(dest + len + 63 - (uintptr_t)(dest + len + 63) % 64) + 1;
	recorder.min_store = ((uintptr_t)dest | len) % 8 ? 1 : 8;
	memset(recorder.first, 0,
		(size_t)(recorder.stop - recorder.first) * sizeof(*recorder.first));
	recorder.flushes = recorder.fences = recorder.streams = 0;
	recorder.unfenced_store = recorder.unfenced_stream = false;
	recorder.broken = NULL;
}

const char *recorder_flushed(void)
{
	const struct line_state *last = line_at(recorder.end - 1);

	if (recorder.begin == recorder.end)
		return NULL;
	for (const struct line_state *line = line_at(recorder.begin); line <= last; line++) {
		if (!line->stored)
			return "a line that was not stored to";
		if (line->dirty)
			return "a line not flushed after its last store";
	}
	return NULL;
}

const char *recorder_fenced(void)
{
	for (const struct line_state *line = recorder.first; line < recorder.stop; line++)
		if (line->under_way)
			return "a flush or a non-temporal store without a fence after it";
	return NULL;
}
