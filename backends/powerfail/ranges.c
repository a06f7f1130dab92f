/* SPDX-License-Identifier: BSD-3-Clause */
/* ranges.c -- which lines of which maps an operation flushes, and what a drain looks at. */
#include "ranges.h"

#include "changed.h"
#include "dirty.h"
#include "lines.h"
#include "sizes.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

/* ---- flushes ---- */

/* The first map that ends after an address, or the place after the last map. */
static const struct pf_map *find_map(const char *address)
{
	const struct pf_map *last = engine->last_map;
	size_t low = 0, high = engine->map_count;

	if (last != NULL && address >= last->address && address < last->address + last->length)
		return last;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct pf_map *m = &engine->maps[middle];

		if (m->address + m->length <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return &engine->maps[low];
}

/* Flushes the part of a map in [begin, end), offsets in it. */
static void flush_part(const struct pf_call *call, const struct pf_map *map, size_t begin,
	size_t end)
{
	const char *at = map->address + begin;
	struct pf_lines lines = {
		.map = map,
		.offset = map->offset + begin,
		.length = end - begin,
		.content = at - (uintptr_t)at % PF_LINE,
	};

	/* a line's flush does nothing for the page cache */
	if (map->granularity != PMEM2_GRANULARITY_PAGE)
		pmem2_pf_lines_flush(call, &lines);
}

static void flush_changed(const struct pf_lines *lines, void *arg)
{
	pmem2_pf_lines_flush(arg, lines);
}

/* One of several lines. */
static struct pf_lines one_of(const struct pf_lines *lines, size_t i)
{
	return (struct pf_lines){
		.map = lines->map,
		.offset = (pmem2_pf_first_line(lines) + i) * PF_LINE,
		.length = PF_LINE,
		.content = lines->content + i * PF_LINE,
	};
}

/* A flush that waits, of a page with lines that wait already. */
static void flush_later(const struct pf_lines *lines, void *arg)
{
	for (size_t i = 0; i < pmem2_pf_line_count(lines); i++) {
		struct pf_lines line = one_of(lines, i);

		if (!pmem2_pf_lines_are_flushed(arg, lines->map->medium, pmem2_pf_first_line(&line),
			    line.content))
			pmem2_pf_lines_flush(arg, &line);
	}
}

/* What is written now of the lines that waited. */
static void flush_waiting(const struct pf_lines *lines, void *arg)
{
	for (size_t i = 0; i < pmem2_pf_line_count(lines); i++) {
		struct pf_lines line = one_of(lines, i);

		if (pmem2_pf_lines_wait(arg, lines->map->medium, pmem2_pf_first_line(&line)))
			pmem2_pf_lines_flush(arg, &line);
	}
}

/* The pages that have a part in it. What did not change is durable. (Apart from the way of a flush of lines, which is short.) */
static __attribute__((noinline)) void sync_part(struct pf_call *call, const struct pf_map *map,
	size_t begin, size_t end, unsigned what)
{
	const struct pf_lines named = {map, map->offset + begin, end - begin, NULL};
	size_t into = (uintptr_t)map->address % PF_PAGE;
	uint64_t before = pmem2_pf_lines_flushed();

	begin = (begin + into) / PF_PAGE * PF_PAGE;
	end = (end + into + PF_PAGE - 1) / PF_PAGE * PF_PAGE - into;
	pmem2_pf_changed(map, begin > into ? begin - into : 0,
		end < map->length ? end : map->length, PF_DURABLE,
		(what & PF_LATER) != 0   ? flush_later
		: (what & PF_NOTED) != 0 ? flush_waiting
					 : flush_changed,
		call);
	if (pmem2_pf_lines_flushed() == before && (what & (PF_LATER | PF_NOTED | PF_FILE)) == 0)
		pmem2_pf_lines_redundant(call, &named);
}

/* Whether it is in a mapping of which nothing outlives the process. */
static bool is_private(const char *ptr)
{
	for (size_t i = 0; i < engine->private_count; i++)
		if (ptr >= engine->private[i].address &&
			ptr < engine->private[i].address + engine->private[i].length)
			return true;
	return false;
}

static void sync_file(struct pf_call *call, const struct pf_map *m, size_t first, size_t last,
	unsigned what)
{
	sync_part(call, m, first, last, what);
	pmem2_pf_sizes_sync(call, m->medium);
}

static void flush_range(struct pf_call *call, const char *ptr, size_t size, unsigned what)
{
	const char *end =
		(uintptr_t)ptr + size < (uintptr_t)ptr ? (const char *)UINTPTR_MAX : ptr + size;
	const struct pf_map *stop = engine->maps + engine->map_count, *first_map = find_map(ptr);

	if ((what & (PF_NOTED | PF_COPIED)) == 0 &&
		(first_map == stop || first_map->address >= end) && !is_private(ptr))
		pmem2_pf_lines_stray(call, ptr, size);

	if ((what & PF_NOTED) == 0)
		pmem2_pf_lines_count_flush();
	for (const struct pf_map *m = first_map; m < stop && m->address < end; m++) {
		size_t first = ptr > m->address ? (size_t)(ptr - m->address) : 0;
		size_t last = end < m->address + m->length ? (size_t)(end - m->address) : m->length;

		engine->last_map = m;
		if ((what & (PF_MSYNC | PF_LATER)) != 0)
			sync_file(call, m, first, last, what);
		else
			flush_part(call, m, first, last);
	}
}

/* The map of the last operation, if it has all of a range, and no other begins there. */
static inline const struct pf_map *same_map(const char *ptr, size_t size)
{
	const struct pf_map *map = engine->last_map, *stop = engine->maps + engine->map_count;
	size_t begin;

	if (map == NULL)
		return NULL;
	begin = (size_t)(ptr - map->address);
	if (begin >= map->length || size > map->length - begin)
		return NULL;
	return map + 1 == stop || map[1].address >= ptr + size ? map : NULL;
}

/* Most flushes are of lines, and in the map of the one before. */
static inline void flush(struct pf_call *call, const char *ptr, size_t size, unsigned what)
{
	bool whole_pages = (what & (PF_MSYNC | PF_LATER | PF_NOTED)) != 0;
	const struct pf_map *map = whole_pages ? NULL : same_map(ptr, size);

	if (map == NULL) {
		flush_range(call, ptr, size, what);
		return;
	}
	pmem2_pf_lines_count_flush();
	flush_part(call, map, (size_t)(ptr - map->address), (size_t)(ptr - map->address) + size);
}

/* ---- drains ---- */

/* At BYTE all that is stored when a fence has passed is durable. */
static void flush_byte_maps(struct pf_call *call)
{
	for (size_t i = 0; i < engine->map_count; i++) {
		struct pf_map *m = &engine->maps[i];

		if (m->granularity == PMEM2_GRANULARITY_BYTE)
			pmem2_pf_changed_since(m, PF_DURABLE, flush_changed, call);
	}
}

void pmem2_pf_ranges_act(struct pf_actor actor, const void *ptr, size_t size, unsigned what)
{
	struct pf_call call = {
		.thread = actor.thread,
		.stack = actor.stack,
		.copy = (what & PF_COPIED) != 0,
		.msync = (what & PF_MSYNC) != 0,
		.any = (what & PF_ANY) != 0,
	};

	if ((what & PF_FLUSHES) != 0 && size > 0)
		flush(&call, ptr, size, what);
	if ((what & PF_DRAINS) == 0)
		return;
	if ((what & PF_FENCE) != 0)
		flush_byte_maps(&call);
	pmem2_pf_dirty_drain(pmem2_pf_lines_who(&call));
	pmem2_pf_lines_drain(&call);
	if ((what & PF_NOTED) != 0)
		pmem2_pf_lines_tidy(&call);
}

/* ---- what takes its time ---- */

static struct pf_call slow_call(const struct pf_actor *actor)
{
	return (struct pf_call){
		.thread = actor->thread,
		.stack = actor->stack,
		.msync = true,
		.syncer = pmem2_pf_engine_syncer(),
	};
}

void pmem2_pf_ranges_sync(const struct pf_actor *actor, const void *ptr, size_t size, unsigned what)
{
	struct pf_call call = slow_call(actor);

	if (call.syncer != NULL)
		flush_range(&call, ptr, size, PF_MSYNC | what);
}

void pmem2_pf_ranges_synced(const struct pf_actor *actor)
{
	struct pf_call call = slow_call(actor);

	if (call.syncer == NULL)
		return;
	pmem2_pf_dirty_drain(pmem2_pf_lines_who(&call));
	pmem2_pf_lines_drain(&call);
}
