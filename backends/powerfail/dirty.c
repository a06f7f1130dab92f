/* SPDX-License-Identifier: BSD-3-Clause */
/* dirty.c -- looks for what was stored and nobody flushed. */
#include "dirty.h"

#include "changed.h"
#include "lines.h"
#include "settings.h"

enum {
	CHEAP = 16 << 20,  /* bytes that may be compared at each drain */
	EARNED = 32 << 20, /* bytes whose page tables may be looked at for each drain */
};

static struct pf_engine *const engine = &pmem2_pf_engine;

struct noting {
	struct pf_who who;
	bool last;
};

static void visit_dirty(const struct pf_lines *lines, void *arg)
{
	const struct noting *n = arg;

	pmem2_pf_lines_dirty(n->who, n->last, lines);
}

void pmem2_pf_dirty_note(struct pf_map *map, struct pf_who who, bool last)
{
	struct noting noting = {who, last};

	if (map != NULL) {
		pmem2_pf_changed_since(map, PF_LAST_SEEN, visit_dirty, &noting);
		return;
	}
	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].granularity != PMEM2_GRANULARITY_BYTE)
			pmem2_pf_dirty_note(&engine->maps[i], who, last);
}

/*
 * The kernel walks the page tables of all that has data, however little was written. Where that is much, many
 * drains save for one walk.
 */
static bool is_cheap(void)
{
	size_t compared = 0, walked = 0; /* bytes */

	for (size_t i = 0; i < engine->map_count; i++) {
		if (!engine->maps[i].watched)
			compared += engine->maps[i].length;
		walked += engine->maps[i].walked;
	}
	engine->saved += EARNED;
	if (compared > CHEAP || engine->saved < walked)
		return false;
	engine->saved = 0;
	return true;
}

void pmem2_pf_dirty_drain(struct pf_who who)
{
	enum pf_dirty wanted = engine->settings->dirty;

	if (wanted == PF_DIRTY_ON || (wanted == PF_DIRTY_IF_CHEAP && is_cheap()))
		pmem2_pf_dirty_note(NULL, who, false);
}

void pmem2_pf_dirty_watch(struct pf_map *map)
{
	if (engine->settings->dirty != PF_DIRTY_OFF || map->granularity == PMEM2_GRANULARITY_BYTE)
		pmem2_pf_changed_watch(map);
}

void pmem2_pf_dirty_found(const struct pf_map *map)
{
	struct noting noting = {(struct pf_who){0}, false};

	engine->events++; /* it is of this moment */
	pmem2_pf_changed(map, 0, map->length, PF_LAST_SEEN, visit_dirty, &noting);
}

static void visit_written(const struct pf_lines *lines, void *arg)
{
	(void)arg;
	pmem2_pf_lines_written(lines);
}

void pmem2_pf_dirty_written(const struct pf_map *map)
{
	pmem2_pf_changed(map, 0, map->length, PF_LAST_SEEN, visit_written, NULL);
}
