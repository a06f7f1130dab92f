/* SPDX-License-Identifier: BSD-3-Clause */
/* acknowledged.c -- does the image fail for what the program had acknowledged by then? */
#include "acknowledged.h"

#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"

enum { MOST = 16 }; /* acknowledgements that are taken back, one after another */

/* The last record before that event of what was said; NULL: there is none. */
static const struct pf_record_said *said_before(const struct trace *trace, uint64_t *event)
{
	while (*event > 1) {
		const struct pf_record *record = trace_record(trace, --*event);

		if (record != NULL && pmem2_pf_record_kind(record) == PF_RECORD_SAID)
			return (const struct pf_record_said *)record;
	}
	return NULL;
}

/* The record without which it passes; NULL: it fails without them, too. */
static const struct pf_record_said *find(struct experiment *e)
{
	struct said *said = &e->replay->said;
	const struct pf_record_said *s;
	uint64_t event = e->replay->event + 1;
	size_t size = said->size;
	bool passes = false;

	for (int i = 0; i < MOST; i++) {
		s = said_before(e->replay->trace, &event);
		if (s == NULL || s->offset + s->length != said->size)
			break; /* before the file was cut off it had other words */
		said->size = s->offset;
		passes = !experiment_fails(e, e->failing) && !e->failed && !e->over;
		if (passes || e->failed)
			break;
	}
	said->size = size;
	return passes ? s : NULL;
}

/* The first words of it, as far as they can be shown. */
static void quote(const struct pf_record_said *s, char *text, size_t size)
{
	size_t n = 0;

	while (n < s->length && n < size - 1 && s->bytes[n] >= ' ' && s->bytes[n] <= '~') {
		text[n] = s->bytes[n];
		n++;
	}
	text[n] = '\0';
}

void acknowledged_name(struct experiment *e, struct group *group)
{
	const struct pf_record_said *s;
	char words[64], before[512];

	if (e->replay->said.size == 0 || e->failed || e->over || group->fault == FAULT_UNSTEADY ||
		group->fault == FAULT_UNKNOWN)
		return;
	s = find(e);
	if (s == NULL)
		return;
	quote(s, words, sizeof(words));
	snprintf(before, sizeof(before), "%.500s", group->explanation);
	snprintf(group->explanation, sizeof(group->explanation), "\"%s\" was written by then; %s",
		words, before);
	if (group->fault == FAULT_UNORDERED)
		group->fault = FAULT_ACKNOWLEDGED;
}
