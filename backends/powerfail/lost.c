/* SPDX-License-Identifier: BSD-3-Clause */
/* lost.c -- finds what a power cut would take from the maps for good. */
#include "lost.h"

#include "powerfail/losses.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static bool is_in_map(const struct pf_version *v, const void *arg)
{
	const struct pf_map *map = arg;

	return pmem2_pf_is_within(v, map->medium, map->offset, map->length);
}

static bool is_in_any_map(const struct pf_version *v, const void *arg)
{
	(void)arg;
	if (v->medium->pages)
		return true;
	for (size_t i = 0; i < engine->map_count; i++)
		if (is_in_map(v, &engine->maps[i]))
			return true;
	return false;
}

static uint64_t losses(void)
{
	return engine->report->count[PF_MISSING_FLUSH] + engine->report->count[PF_MISSING_DRAIN];
}

uint64_t pmem2_pf_lost_find(const struct pf_map *map)
{
	uint64_t before = losses();

	pmem2_pf_find_losses(engine->model, engine->report, map != NULL ? is_in_map : is_in_any_map,
		map);
	engine->dropped = engine->model->dropped;
	return losses() - before;
}
