/* SPDX-License-Identifier: BSD-3-Clause */
/* medium.c -- what a file would hold if the power failed now. */
#include "medium.h"

#include <errno.h>
#include <sys/mman.h>

static void *zeros(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		-1, 0);
}

static size_t capacity_for(size_t size)
{
	size_t pages = (size + PF_PAGE - 1) / PF_PAGE;

	return (pages > 0 ? pages : 1) * PF_PAGE;
}

int pmem2_pf_medium_init(struct pf_medium *medium, int fd, size_t at, size_t size)
{
	size_t capacity = capacity_for(size);

	medium->size = size;
	medium->snapshot_at = at;
	medium->snapshot_size = size;
	medium->capacity = capacity;
	medium->durable = fd < 0 ? zeros(capacity)
	                         : mmap(NULL, capacity, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_NORESERVE, fd, (off_t)at);
	if (medium->durable == MAP_FAILED)
		return -errno;
	/* what is not asked for is not to be read ahead: memory goes with what is touched */
	madvise(medium->durable, capacity, MADV_RANDOM);
	return 0;
}

int pmem2_pf_medium_grow(struct pf_medium *medium, size_t size)
{
	size_t old = medium->capacity, capacity = capacity_for(size);

	if (capacity <= old) {
		medium->size = size;
		return 0;
	}

	char *durable = zeros(capacity);

	if (durable == MAP_FAILED ||
		mremap(medium->durable, old, old, MREMAP_MAYMOVE | MREMAP_FIXED, durable) ==
			MAP_FAILED) {
		if (durable != MAP_FAILED)
			munmap(durable, capacity);
		return -ENOMEM;
	}

	medium->durable = durable;
	medium->capacity = capacity;
	medium->size = size;
	return 0;
}

void pmem2_pf_medium_finish(struct pf_medium *medium)
{
	munmap(medium->durable, medium->capacity);
}
