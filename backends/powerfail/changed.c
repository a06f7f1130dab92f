/* SPDX-License-Identifier: BSD-3-Clause */
/* changed.c -- finds the lines of a map that hold something else than was seen last, by comparison. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "changed.h"
#include "holes.h"
#include "powerfail/model.h"
#include "written.h"

enum {
	BATCH = 16 * PF_PAGE,  /* bytes read at once */
	FEW = 16 * BATCH,      /* bytes up to which all is read where nobody tells the holes */
	TABLE = 512 * PF_PAGE, /* bytes whose pages are in one page table */
};

static char copy[BATCH]; /* under the engine's lock */

struct search {
	const struct pf_map *map;
	enum pf_against against;
	enum pf_holes holes;
	size_t size; /* of the file now, bytes; 0 if nobody tells */
	enum pf_written which;
	void (*visit)(const struct pf_lines *lines, void *arg);
	void *arg;
};

/*
 * Reads memory that may be gone, since its file was truncated, without a signal. Returns how many bytes
 * could be read.
 */
static size_t read_memory(uintptr_t at, size_t size)
{
	struct iovec to = {copy, size}, from = {(void *)at, size};
	ssize_t n = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	if (n >= 0)
		return (size_t)n;
	if (errno == EFAULT)
		return 0;
	memcpy(copy, (const void *)at, size); /* a sandbox forbids it */
	return size;
}

static bool differs(const struct search *s, size_t line, const char *content)
{
	const struct pf_model *model = pmem2_pf_engine.model;
	const struct pf_medium *medium = s->map->medium;

	if (s->against == PF_DURABLE && *pmem2_pf_slot(model, medium, line) != 0)
		return true;
	return !pmem2_pf_same_line(content, pmem2_pf_model_last(model, medium, line));
}

static void compare(const struct search *s, size_t first, size_t count)
{
	size_t run = 0;

	for (size_t i = 0; i <= count; i++) {
		if (i < count && differs(s, first + i, copy + i * PF_LINE)) {
			run++;
			continue;
		}
		if (run > 0) {
			const struct pf_lines lines = {s->map, (first + i - run) * PF_LINE,
				run * PF_LINE, copy + (i - run) * PF_LINE};

			s->visit(&lines, s->arg);
		}
		run = 0;
	}
}

/* Addresses of lines, in pages that are there, or are to be looked at in any case. */
static void search_memory(const struct search *s, uintptr_t begin, uintptr_t end)
{
	uintptr_t base = (uintptr_t)s->map->address - s->map->offset; /* of the file */

	while (begin < end) {
		size_t size = BATCH - begin % PF_PAGE;
		size_t got = read_memory(begin, end - begin < size ? end - begin : size);

		compare(s, (begin - base) / PF_LINE, got / PF_LINE);
		begin = got > 0 ? begin + got : (begin / PF_PAGE + 1) * PF_PAGE;
	}
}

/* Passes over pages that are not in memory, so that they do not get there. */
static void search_resident(const struct search *s, uintptr_t begin, uintptr_t end)
{
	unsigned char resident[BATCH / PF_PAGE];
	uintptr_t page = begin / PF_PAGE * PF_PAGE;

	for (; page < end; page += BATCH) {
		size_t size = end - page < BATCH ? end - page : BATCH;
		size_t pages = (size + PF_PAGE - 1) / PF_PAGE;

		if (mincore((void *)page, size, resident) != 0)
			memset(resident, 1, sizeof(resident));
		for (size_t i = 0; i < pages; i++) {
			uintptr_t from = page + i * PF_PAGE, to = from + PF_PAGE;

			while (i + 1 < pages && (resident[i] & resident[i + 1] & 1) != 0) {
				i++;
				to += PF_PAGE;
			}
			if ((resident[i] & 1) != 0)
				search_memory(s, from < begin ? begin : from, to < end ? to : end);
		}
	}
}

/* ---- holes ---- */

/* The address at which the file would begin. */
static uintptr_t base_of(const struct search *s)
{
	return (uintptr_t)s->map->address - s->map->offset;
}

/* The first page with data, from one on. */
static uintptr_t next_data(const struct search *s, uintptr_t page, uintptr_t end)
{
	uintptr_t base = base_of(s);

	return base + pmem2_pf_holes_data(s->map->medium, page - base, end - base);
}

/* The first page, from one on, that has data or had some: what became a hole changed to zeros. */
static uintptr_t next_page(const struct search *s, uintptr_t page, uintptr_t end)
{
	uintptr_t base = base_of(s), data = next_data(s, page, end);
	size_t at = page - base, stop = data - base;

	return pmem2_pf_medium_next(s->map->medium, &at, &stop) ? base + at : data;
}

static void search_hole(const struct search *s, uintptr_t begin, uintptr_t end)
{
	uintptr_t base = base_of(s);

	if (end - base > s->size)
		return; /* the file was truncated */
	memset(copy, 0, PF_PAGE);
	compare(s, (begin - base) / PF_LINE, (end - begin) / PF_LINE);
}

/* Addresses of lines, of a file whose holes are told: they are not read. */
static void search_file(const struct search *s, uintptr_t begin, uintptr_t end)
{
	uintptr_t last = (end + PF_PAGE - 1) / PF_PAGE * PF_PAGE;
	uintptr_t page = next_page(s, begin / PF_PAGE * PF_PAGE, last), after;

	for (; page < last; page = next_page(s, after, last)) {
		bool is_data = next_data(s, page, page + PF_PAGE) == page;

		after = page + PF_PAGE;
		while (is_data && after < last && after - page < BATCH &&
			next_data(s, after, after + PF_PAGE) == after)
			after += PF_PAGE;
		(is_data ? search_memory : search_hole)(s, page < begin ? begin : page,
			after < end ? after : end);
	}
}

static void search_all(const struct search *s, uintptr_t begin, uintptr_t end)
{
	if (s->holes != PF_HOLES_UNKNOWN)
		search_file(s, begin, end);
	if (s->holes == PF_HOLES_UNKNOWN && end - begin <= FEW)
		search_memory(s, begin, end);
	else if (s->holes != PF_HOLES_EXACT)
		search_resident(s, begin, end);
}

static struct search begin_search(const struct pf_map *map, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg)
{
	struct search search = {.map = map, .against = against, .visit = visit, .arg = arg};

	search.holes = pmem2_pf_holes_kind(map->medium, &search.size);
	return search;
}

void pmem2_pf_changed(const struct pf_map *map, size_t begin, size_t end, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg)
{
	const struct search search = begin_search(map, against, visit, arg);
	uintptr_t first = ((uintptr_t)map->address + begin) / PF_LINE * PF_LINE;
	uintptr_t last = ((uintptr_t)map->address + end + PF_LINE - 1) / PF_LINE * PF_LINE;

	search_all(&search, first, last);
}

static void search_pages(uintptr_t begin, uintptr_t end, void *arg)
{
	const struct search *s = arg;
	uintptr_t first = (uintptr_t)s->map->address / PF_LINE * PF_LINE;
	uintptr_t last =
		((uintptr_t)s->map->address + s->map->length + PF_LINE - 1) / PF_LINE * PF_LINE;

	begin = begin > first ? begin : first;
	end = end < last ? end : last;
	(s->which == PF_WRITTEN_ALL ? search_file : search_memory)(s, begin, end);
}

static bool walk(struct search *s, struct pf_map *map, uintptr_t begin, uintptr_t end,
	enum pf_written which)
{
	s->which = which;
	map->walked += end - begin;
	pmem2_pf_engine.walked += end - begin;
	return pmem2_pf_written(begin, end, which, search_pages, s);
}

/*
 * The kernel counts a page that is not in memory as written to: it may have been before it was taken out. To ask
 * for a hole so makes page tables for it. So it is asked where data are, or were.
 */
static bool search_written(struct search *s, struct pf_map *map, uintptr_t begin, uintptr_t end)
{
	map->walked = 0;
	if (s->holes != PF_HOLES_EXACT && !walk(s, map, begin, end, PF_WRITTEN_PRESENT))
		return false;
	if (s->holes == PF_HOLES_UNKNOWN)
		return true;

	for (uintptr_t page = begin; (page = next_page(s, page, end)) < end;) {
		uintptr_t stop = (page / TABLE + 1) * TABLE;

		if (!walk(s, map, page, stop < end ? stop : end, PF_WRITTEN_ALL))
			return false;
		page = stop;
	}
	return true;
}

void pmem2_pf_changed_since(struct pf_map *map, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg)
{
	struct search search = begin_search(map, against, visit, arg);
	uintptr_t begin = (uintptr_t)map->address / PF_PAGE * PF_PAGE;
	uintptr_t end = (uintptr_t)map->address + map->length;

	end = (end + PF_PAGE - 1) / PF_PAGE * PF_PAGE;
	if (map->watched && search_written(&search, map, begin, end))
		return;
	map->watched = false;
	pmem2_pf_changed(map, 0, map->length, against, visit, arg);
}

void pmem2_pf_changed_watch(struct pf_map *map)
{
	uintptr_t begin = (uintptr_t)map->address / PF_PAGE * PF_PAGE;
	uintptr_t end = (uintptr_t)map->address + map->length;

	map->watched = pmem2_pf_written_watch(begin, (end + PF_PAGE - 1) / PF_PAGE * PF_PAGE);
}

void pmem2_pf_changed_forked(void)
{
	pmem2_pf_written_forked();
	for (size_t i = 0; i < pmem2_pf_engine.map_count; i++)
		pmem2_pf_engine.maps[i].watched = false;
}
