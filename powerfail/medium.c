/* SPDX-License-Identifier: BSD-3-Clause */
/* medium.c -- what a file would hold if the power failed now. */
#include "powerfail/medium.h"

#include <errno.h>
#include <libpmem2/base.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "powerfail/snapshot.h"
#include "powerfail/trace_format.h"

enum { EXTENTS = 64 }; /* that are mapped one by one: a process may not have many mappings */

static const size_t room = (size_t)16 << 30; /* bytes of address space for a file to grow into */

static size_t capacity_for(size_t size)
{
	size_t pages = (size + PF_PAGE - 1) / PF_PAGE;

	return (pages > 0 ? pages : 1) * PF_PAGE;
}

/* Less room where the address space is limited. */
static char *reserve(size_t capacity, size_t *reserved)
{
	for (size_t more = room; more > 0; more = more > capacity ? capacity : more / 2) {
		void *base = mmap(NULL, capacity + more, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (base != MAP_FAILED) {
			*reserved = capacity + more;
			/* memory goes with what is touched, in what was a hole, too */
			madvise(base, *reserved, MADV_NOHUGEPAGE);
			return base;
		}
	}
	return NULL;
}

/*
 * Maps the data of fd from `at` on over zeros: a page of a hole that is read would be made, and kept, in the file if
 * that is on tmpfs.
 */
static int map_content(char *base, size_t size, int fd, size_t at)
{
	size_t begin = at, end = at + size;

	for (int i = 0; pmem2_pf_snapshot_extent(fd, &begin, &end); i++) {
		if (i == EXTENTS)
			end = at + size;
		begin = begin / PF_PAGE * PF_PAGE;
		end = (end + PF_PAGE - 1) / PF_PAGE * PF_PAGE;
		if (mmap(base + (begin - at), end - begin, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED, fd,
			    (off_t)begin) == MAP_FAILED)
			return -errno;
		begin = end;
		end = at + size;
	}
	return 0;
}

/* ---- the pages that may hold something ---- */

static size_t groups_size(size_t reserved)
{
	return reserved / PF_PAGE / PF_GROUP / 8 + 1;
}

static size_t known_size(size_t reserved)
{
	return reserved / PF_PAGE / 8 + 1 + groups_size(reserved);
}

/* All is unknown. Memory goes with what is touched. */
static int init_known(struct pf_medium *medium)
{
	void *base = mmap(NULL, known_size(medium->reserved), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return -errno;
	medium->known_groups = base;
	medium->known = medium->known_groups + groups_size(medium->reserved);
	return 0;
}

static void know_content(const struct pf_medium *medium, int fd)
{
	size_t at = medium->snapshot_at, last = at + medium->snapshot_size;
	size_t begin = at, end = last;

	while (pmem2_pf_snapshot_extent(fd, &begin, &end)) {
		for (size_t i = (begin - at) / PF_PAGE * PF_PAGE; i < end - at; i += PF_PAGE)
			pmem2_pf_medium_know(medium, i / PF_LINE);
		begin = end;
		end = last;
	}
}

static bool is_set(const unsigned char *bits, size_t i)
{
	return (bits[i / 8] & 1u << i % 8) != 0;
}

/* The next page that is known; last if there is none before. */
static size_t next_known(const struct pf_medium *medium, size_t page, size_t last)
{
	while (page < last) {
		size_t group = page / PF_GROUP;

		if (medium->known_groups[group / 8] == 0)
			page = (group / 8 + 1) * 8 * PF_GROUP;
		else if (!is_set(medium->known_groups, group))
			page = (group + 1) * PF_GROUP;
		else if (medium->known[page / 8] == 0)
			page = (page / 8 + 1) * 8;
		else if (!is_set(medium->known, page))
			page++;
		else
			return page;
	}
	return last;
}

bool pmem2_pf_medium_next(const struct pf_medium *medium, size_t *begin, size_t *end)
{
	size_t limit = *end < medium->capacity ? *end : medium->capacity;
	size_t last = (limit + PF_PAGE - 1) / PF_PAGE;
	size_t page = next_known(medium, *begin / PF_PAGE, last), after = page;

	if (page >= last)
		return false;
	while (after < last && is_set(medium->known, after))
		after++;
	if (page * PF_PAGE > *begin)
		*begin = page * PF_PAGE;
	if (after * PF_PAGE < *end)
		*end = after * PF_PAGE;
	return true;
}

/* ---- begin and end ---- */

int pmem2_pf_medium_init(struct pf_medium *medium, int fd, size_t at, size_t size)
{
	size_t capacity = capacity_for(size), reserved;
	char *base = reserve(capacity, &reserved);
	int ret = 0;

	if (base == NULL)
		return -ENOMEM;
	if (mprotect(base, capacity, PROT_READ | PROT_WRITE) != 0)
		ret = -errno;
	if (ret == 0 && fd >= 0)
		ret = map_content(base, capacity, fd, at);
	medium->reserved = reserved;
	if (ret == 0)
		ret = init_known(medium);
	if (ret != 0) {
		munmap(base, reserved);
		return ret;
	}
	/* what is not asked for is not to be read ahead */
	madvise(base, capacity, MADV_RANDOM);

	medium->sizes = NULL;
	medium->size = size;
	medium->volatile_bytes = NULL;
	medium->snapshot_at = at;
	medium->snapshot_size = size;
	medium->capacity = capacity;
	medium->durable = base;
	if (fd >= 0)
		know_content(medium, fd);
	return 0;
}

int pmem2_pf_medium_grow(struct pf_medium *medium, size_t size)
{
	size_t old = medium->capacity, capacity = capacity_for(size);

	if (capacity > medium->reserved)
		return -ENOMEM;
	if (capacity > old) {
		if (mprotect(medium->durable + old, capacity - old, PROT_READ | PROT_WRITE) != 0)
			return -errno;
		medium->capacity = capacity;
	}
	medium->size = size;
	return 0;
}

/* ---- sizes ---- */

struct pf_medium *pmem2_pf_medium_sizes(struct pf_medium *medium)
{
	struct pf_medium *sizes = medium->sizes;

	if (sizes != NULL)
		return sizes;
	sizes = calloc(1, sizeof(*sizes));
	if (sizes == NULL || pmem2_pf_medium_init(sizes, -1, 0, PF_LINE) != 0) {
		free(sizes);
		return NULL;
	}
	sizes->id = medium->id | PF_SIZE_OF;
	sizes->granularity = PMEM2_GRANULARITY_CACHE_LINE; /* it is not in a sector */
	sizes->fd = -1;
	snprintf(sizes->path, sizeof(sizes->path), "%.4000s (size)", medium->path);
	pmem2_pf_medium_put_size(sizes->durable, medium->size);
	medium->sizes = sizes;
	return sizes;
}

bool pmem2_pf_medium_is_size(const struct pf_medium *medium)
{
	return (medium->id & PF_SIZE_OF) != 0;
}

void pmem2_pf_medium_put_size(char *line, size_t size)
{
	uint64_t wide = size;

	memset(line, 0, PF_LINE);
	memcpy(line, &wide, sizeof(wide));
}

size_t pmem2_pf_medium_get_size(const char *line)
{
	uint64_t wide;

	memcpy(&wide, line, sizeof(wide));
	return (size_t)wide;
}

/* ---- the end ---- */

void pmem2_pf_medium_forget(struct pf_medium *medium)
{
	madvise(medium->durable, medium->capacity, MADV_DONTNEED);
}

void pmem2_pf_medium_finish(struct pf_medium *medium)
{
	munmap(medium->durable, medium->reserved);
	munmap(medium->known_groups, known_size(medium->reserved));
	if (medium->sizes != NULL)
		pmem2_pf_medium_finish(medium->sizes);
	free(medium->sizes);
	medium->sizes = NULL;
}
