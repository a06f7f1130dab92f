/* SPDX-License-Identifier: BSD-3-Clause */
/* overlay.c -- an image, as lines that differ from what is durable. */
#include "overlay.h"

#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "powerfail/model.h"
#include "replay/replay.h"
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

/* Its lines; of parts of a line, all in one. */
static bool add_unit(struct overlay *o, const struct unit *u, unsigned choice)
{
	struct overlay_line *line = o->count > 0 ? &o->line[o->count - 1] : NULL;
	const char *content = units_content(u, choice);

	for (size_t done = 0; done < u->size; done += PF_LINE) {
		size_t at = u->line + done / PF_LINE;

		if (line == NULL || line->medium != u->medium || line->line != at)
			line = overlay_add(o, u->medium, at, pmem2_pf_medium_line(u->medium, at));
		if (line == NULL)
			return false;
		memcpy(line->content + u->at, content + done,
			u->size < PF_LINE ? u->size : PF_LINE);
	}
	return true;
}

bool overlay_make(struct overlay *o, const struct replay *r, const struct units *units,
	const uint8_t *choice)
{
	o->count = 0;
	for (size_t i = 0; i < units->count; i++)
		if (choice[i] != 0 && !add_unit(o, &units->unit[i], choice[i]))
			return false;

	o->hash = r->hash;
	for (size_t i = 0; i < o->count; i++) {
		const struct overlay_line *l = &o->line[i];

		o->hash +=
			replay_hash(l->medium, l->line, l->content) -
			replay_hash(l->medium, l->line, pmem2_pf_medium_line(l->medium, l->line));
	}
	return true;
}

static bool is_whole(const struct overlay_line *l, const struct replay *r)
{
	uint32_t number = *pmem2_pf_slot(r->model, l->medium, l->line);

	for (; number != 0; number = pmem2_pf_version(r->model, number)->older)
		if (pmem2_pf_same_line(l->content, pmem2_pf_version(r->model, number)->content))
			return true;
	return pmem2_pf_same_line(l->content, pmem2_pf_medium_line(l->medium, l->line));
}

bool overlay_is_whole(const struct overlay *o, const struct replay *r)
{
	for (size_t i = 0; i < o->count; i++)
		if (!is_whole(&o->line[i], r))
			return false;
	return true;
}

void overlay_free(struct overlay *overlay)
{
	free(overlay->line);
	*overlay = (struct overlay){0};
}
