/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.h -- mappings, for this library's own functions of libpmem. site: where the program calls from. */
#ifndef PRELOAD_MAPS_H
#define PRELOAD_MAPS_H

#include <sys/types.h>

void *pmem2_preload_mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset,
	const void *site);
int pmem2_preload_munmap(void *address, size_t length);

/* msync(2). */
int pmem2_preload_msync(void *address, size_t length, int flags, const void *site);

#endif
