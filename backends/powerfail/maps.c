/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.c -- follows mappings. */
#include "maps.h"

#include <errno.h>
#include <libpmem2/backend.h>
#include <stdlib.h>
#include <string.h>

#include "dirty.h"
#include "files.h"
#include "holes.h"
#include "session.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

/* ---- attach ---- */

static bool overlaps(const struct pf_map *a, const struct pf_map *b)
{
	return a->medium == b->medium && a->offset < b->offset + b->length &&
	       b->offset < a->offset + a->length;
}

static bool is_shown(const struct pf_map *map)
{
	for (size_t i = 0; i < engine->map_count; i++)
		if (overlaps(map, &engine->maps[i]))
			return true;
	return false;
}

static int add_map(const struct pf_map *map)
{
	struct pf_map *grown =
		realloc(engine->maps, (engine->map_count + 1) * sizeof(*engine->maps));
	size_t at = engine->map_count;

	if (grown == NULL)
		return -ENOMEM;
	engine->maps = grown;
	engine->last_map = NULL;
	for (; at > 0 && grown[at - 1].address > map->address; at--)
		grown[at] = grown[at - 1];
	grown[at] = *map;
	engine->map_count++;
	return 0;
}

static int attach(struct pf_map *map, const struct pf_medium *wanted, int fd)
{
	bool shown, known;
	int ret = 0;

	map->medium = pmem2_pf_files_find(&wanted->identity);
	known = map->medium != NULL;
	if (known) {
		pmem2_pf_holes_open(map->medium, fd);
		ret = pmem2_pf_medium_grow(map->medium, wanted->size);
	} else {
		map->medium = pmem2_pf_files_add(wanted, map, fd, &ret);
	}
	shown = known && is_shown(map);
	if (ret == 0) {
		pmem2_pf_dirty_watch(map);
		ret = add_map(map);
	}
	if (ret == 0)
		pmem2_pf_session_attach(map, known && !shown);
	return ret;
}

/* What is flushed there is not astray. */
static int add_private(const struct pmem2_attached *attached)
{
	struct pf_private *grown =
		realloc(engine->private, (engine->private_count + 1) * sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	engine->private = grown;
	grown[engine->private_count++] = (struct pf_private){attached->address, attached->length};
	return 0;
}

static void remove_private(const void *address)
{
	for (size_t i = 0; i < engine->private_count; i++)
		if (engine->private[i].address == address)
			engine->private[i--] = engine->private[--engine->private_count];
}

int pmem2_pf_maps_attach(const struct pmem2_attached *attached)
{
	struct pf_map map = {
		.address = attached->address,
		.length = attached->length,
		.offset = attached->offset,
		.granularity = attached->granularity,
	};
	struct pf_medium *wanted = calloc(1, sizeof(*wanted));
	int ret = wanted == NULL ? -ENOMEM : pmem2_pf_session_start();

	bool outlives = ret == 0 && pmem2_pf_files_identify(&map, attached->fd, wanted);

	if (ret == 0) {
		ret = -EDEADLK;
		if (pmem2_pf_session_enter()) {
			ret = outlives ? attach(&map, wanted, attached->fd) : add_private(attached);
			pmem2_pf_session_leave();
		}
	}
	free(wanted);
	return ret;
}

/* ---- detach ---- */

static struct pf_map *find_map(const void *address)
{
	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].address == address)
			return &engine->maps[i];
	return NULL;
}

static bool is_mapped(const struct pf_medium *medium)
{
	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].medium == medium)
			return true;
	return false;
}

void pmem2_pf_maps_detach(const struct pmem2_attached *attached)
{
	struct pf_map *map;

	if (!pmem2_pf_session_enter())
		return;
	map = find_map(attached->address);
	if (map == NULL) {
		remove_private(attached->address);
	} else {
		struct pf_medium *medium = map->medium;

		pmem2_pf_session_detach(map);
		engine->last_map = NULL;
		engine->map_count--;
		memmove(map, map + 1,
			(size_t)(engine->maps + engine->map_count - map) * sizeof(*map));
		if (!is_mapped(medium))
			pmem2_pf_holes_close(medium);
	}
	pmem2_pf_session_leave();
}
