/* SPDX-License-Identifier: BSD-3-Clause */
/* wording.c -- places in files and in the source, as text. */
#include "wording.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/path.h"
#include "powerfail/medium.h"
#include "powerfail/report.h"
#include "replay/replay.h"
#include "replay/trace.h"

void wording_put(char *text, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
}

static const char *name_of(const struct pf_medium *medium)
{
	return path_name(medium->path);
}

void wording_place(const struct pf_medium *medium, size_t at, size_t bytes, char *text, size_t size)
{
	if (pmem2_pf_medium_is_size(medium)) {
		wording_put(text, size, "%.200s, 8 bytes", name_of(medium));
		return;
	}
	wording_put(text, size, "%.200s+0x%zx, %zu byte%s", name_of(medium), at, bytes,
		bytes == 1 ? "" : "s");
}

/* The replay knows the call stacks up to where it is, the trace those of later. */
static size_t later_frames(uint32_t stack, const uintptr_t **frames, void *arg)
{
	const struct replay *r = arg;
	struct pf_names names = replay_names(r);
	size_t count = names.stack(stack, frames, names.arg);

	for (uint64_t i = r->event + 1; count == 0 && i <= r->trace->records; i++) {
		const struct pf_record *record = trace_record(r->trace, i);
		const struct pf_record_stack *s = (const struct pf_record_stack *)record;

		if (pmem2_pf_record_kind(record) != PF_RECORD_STACK || record->stack != stack)
			continue;
		*frames = (const uintptr_t *)s->frame;
		return s->frames;
	}
	return count;
}

void wording_site(const struct replay *r, uint64_t event, bool whole, char *text, size_t size)
{
	const struct pf_record *record = trace_record(r->trace, event);
	struct pf_names names = replay_names(r);

	if (record == NULL) {
		wording_put(text, size, "the end of the program");
		return;
	}
	names.stack = later_frames;
	if (whole)
		pmem2_pf_stack_text(record->stack, &names, text, size);
	else
		pmem2_pf_site_text(record->stack, &names, text, size);
}

/* Apart, since gcc 12 warns of a null pointer here with -fsanitize=undefined. */
static bool __attribute__((noinline)) are_alike(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

void wording_sites(const struct replay *r, const uint64_t event[2], char text[2][512])
{
	for (int i = 0; i < 2; i++)
		wording_site(r, event[i], false, text[i], 512);
	for (int i = 0; i < 2 && are_alike(text[0], text[1]); i++)
		wording_site(r, event[i], true, text[i], 512);
}
