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
#include "powerfail/medium.h"
#include "records.h"
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

/* What of a file is mapped finer than in pages is written as it is flushed. */
static void find_pages(struct pf_medium *medium)
{
	bool any = false, fine = false;

	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].medium == medium && engine->maps[i].length > 0) {
			any = true;
			fine = fine || !pmem2_pf_map_has_pages(&engine->maps[i]);
		}
	if (any)
		medium->pages = !fine;
}

/* What lies there by the table, and cannot any more: it ended unseen, or the library takes it over. */
static void clear_range(char *begin, char *end)
{
	struct pf_map *m;

	while (pmem2_pf_maps_followed(begin, end) != NULL && pmem2_pf_maps_split(begin) &&
		pmem2_pf_maps_split(end) && (m = pmem2_pf_maps_followed(begin, end)) != NULL)
		pmem2_pf_maps_remove(m, true);
}

int pmem2_pf_maps_add(struct pf_map *map, const struct pf_medium *wanted, int fd)
{
	bool shown, known;
	int ret = 0;

	clear_range(map->address, map->address + (map->followed ? map->reach : map->length));
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
	if (ret == 0) {
		find_pages(map->medium);
		pmem2_pf_session_attach(map, known && !shown);
	}
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
			ret = outlives ? pmem2_pf_maps_add(&map, wanted, attached->fd)
			               : add_private(attached);
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

void pmem2_pf_maps_remove(struct pf_map *map, bool gone)
{
	struct pf_medium *medium = map->medium;

	pmem2_pf_session_detach(map, gone);
	engine->last_map = NULL;
	engine->map_count--;
	memmove(map, map + 1, (size_t)(engine->maps + engine->map_count - map) * sizeof(*map));
	find_pages(medium);
	if (!is_mapped(medium))
		pmem2_pf_holes_close(medium);
}

void pmem2_pf_maps_detach(const struct pmem2_attached *attached)
{
	struct pf_map *map;

	if (!pmem2_pf_session_enter())
		return;
	map = find_map(attached->address);
	if (map != NULL)
		pmem2_pf_maps_remove(map, !pmem2_pf_files_is_shown(map));
	else
		remove_private(attached->address);
	pmem2_pf_session_leave();
}

/* ---- parts of mappings ---- */

struct pf_map *pmem2_pf_maps_followed(const char *begin, const char *end)
{
	for (size_t i = 0; i < engine->map_count; i++) {
		struct pf_map *m = &engine->maps[i];

		if (m->followed && m->address < end && begin < m->address + m->reach)
			return m;
	}
	return NULL;
}

bool pmem2_pf_maps_split(char *at)
{
	struct pf_map *m = pmem2_pf_maps_followed(at, at + 1), second;
	size_t head;

	if (m == NULL || m->address == at)
		return true;
	head = (size_t)(at - m->address);
	second = *m;
	second.address = at;
	second.offset += head;
	second.length = m->length > head ? m->length - head : 0;
	second.reach -= head;
	m->length = m->length < head ? m->length : head;
	m->reach = head;
	if (add_map(&second) != 0) {
		m->length += second.length;
		m->reach += second.reach;
		return false;
	}
	pmem2_pf_record_attach(&second);
	pmem2_pf_record_attach(pmem2_pf_maps_followed(at - 1, at));
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct pf_map *m = a, *n = b;

	return m->address < n->address ? -1 : m->address > n->address;
}

void pmem2_pf_maps_sort(void)
{
	engine->last_map = NULL;
	qsort(engine->maps, engine->map_count, sizeof(*engine->maps), by_address);
}

void pmem2_pf_maps_changed(const struct pf_map *map)
{
	find_pages(map->medium);
	pmem2_pf_record_attach(map);
}
