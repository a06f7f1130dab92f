/* SPDX-License-Identifier: BSD-3-Clause */
/* overlay.c -- an image, as lines that differ from what is durable. */
#include "overlay.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "replay.h"
#include "units.h"

struct overlay_line *overlay_add(struct overlay *o, struct pf_medium *medium, size_t line,
	const char *content)
{
	struct overlay_line *added;

	if (!array_grow(&o->line, o->count, &o->room, sizeof(*o->line)))
		return NULL;
	added = &o->line[o->count++];
	added->medium = medium;
	added->line = line;
	memcpy(added->content, content, PF_LINE);
	return added;
}

bool overlay_make(struct overlay *o, const struct replay *r, const struct units *units,
	const uint8_t *choice)
{
	struct overlay_line *line = NULL;

	o->count = 0;
	for (size_t i = 0; i < units->count; i++) {
		const struct unit *u = &units->unit[i];

		if (choice[i] == 0)
			continue;
		if (line == NULL || line->medium != u->medium || line->line != u->line)
			line = overlay_add(o, u->medium, u->line,
				pmem2_pf_medium_line(u->medium, u->line));
		if (line == NULL)
			return false;
		memcpy(line->content + u->at, units_content(u, choice[i]), u->size);
	}

	o->hash = r->hash;
	for (size_t i = 0; i < o->count; i++) {
		const struct overlay_line *l = &o->line[i];

		o->hash +=
			replay_hash(l->medium, l->line, l->content) -
			replay_hash(l->medium, l->line, pmem2_pf_medium_line(l->medium, l->line));
	}
	return true;
}

void overlay_free(struct overlay *overlay)
{
	free(overlay->line);
	*overlay = (struct overlay){0};
}
