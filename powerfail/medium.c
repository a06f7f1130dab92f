/* SPDX-License-Identifier: BSD-3-Clause */
/* medium.c -- what a file would hold if the power failed now. */
#include "powerfail/medium.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "powerfail/snapshot.h"

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
	if (ret != 0) {
		munmap(base, reserved);
		return ret;
	}
	/* what is not asked for is not to be read ahead */
	madvise(base, capacity, MADV_RANDOM);

	medium->size = size;
	medium->snapshot_at = at;
	medium->snapshot_size = size;
	medium->capacity = capacity;
	medium->reserved = reserved;
	medium->durable = base;
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

void pmem2_pf_medium_finish(struct pf_medium *medium)
{
	munmap(medium->durable, medium->reserved);
}
