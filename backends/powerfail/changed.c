/* SPDX-License-Identifier: BSD-3-Clause */
/* changed.c -- finds the lines of a map that hold something else than was seen last, by comparison. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "changed.h"
#include "powerfail/model.h"
#include "written.h"

enum {
	BATCH = 16 * PF_PAGE, /* bytes read at once */
	FEW = 16 * BATCH,     /* bytes up to which it does not pay to ask what is in memory */
};

static char copy[BATCH]; /* under the engine's lock */

struct search {
	const struct pf_map *map;
	enum pf_against against;
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

static void search_all(const struct search *s, uintptr_t begin, uintptr_t end)
{
	if (end - begin <= FEW)
		search_memory(s, begin, end);
	else
		search_resident(s, begin, end);
}

void pmem2_pf_changed(const struct pf_map *map, size_t begin, size_t end, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg)
{
	const struct search search = {map, against, visit, arg};
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

	search_memory(s, begin > first ? begin : first, end < last ? end : last);
}

void pmem2_pf_changed_since(struct pf_map *map, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg)
{
	struct search search = {map, against, visit, arg};
	uintptr_t begin = (uintptr_t)map->address / PF_PAGE * PF_PAGE;
	uintptr_t end = (uintptr_t)map->address + map->length;

	if (map->watched && pmem2_pf_written(begin, (end + PF_PAGE - 1) / PF_PAGE * PF_PAGE,
				    search_pages, &search))
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
