/* SPDX-License-Identifier: BSD-3-Clause */
/* deep_flush.c -- durable in the most reliable way that software can ask for, or an error. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "map_life.h"
#include "nd_region.h"
#include "page.h"
#include "small_file.h"

static int check_range(const struct pmem2_map *map, const void *ptr, size_t size)
{
	uintptr_t begin = (uintptr_t)map->address, at = (uintptr_t)ptr;

	if (at < begin || at - begin > map->length || size > map->length - (at - begin))
		return pmem2_err(PMEM2_E_DEEP_FLUSH_RANGE,
			"the %zu bytes at %p are not within the map's %zu at %p", size, ptr,
			map->length, map->address);

	return 0;
}

static int flush_file(struct pmem2_map *map, const void *ptr, size_t size)
{
	errno = -pmem2_page_msync(map, ptr, size);
	if (errno != 0)
		return pmem2_err_sys("msync");

	return 0;
}

/* Has the platform write out what the memory controllers hold: unless it reads 0, which is no need. */
static int flush_region(dev_t device)
{
	char path[PATH_MAX];
	char needed[8];

	int ret = pmem2_nd_region_of(PMEM2_SYSFS_CHAR, device, path);
	if (ret == -ENODEV)
		return pmem2_err(PMEM2_E_DAX_REGION_NOT_FOUND,
			"the device is in no nd region, which could be flushed");
	errno = -ret;
	if (ret != 0)
		return pmem2_err_sys("the device's directory in %s", pmem2_sysfs_root);

	strncat(path, "/deep_flush", sizeof(path) - strlen(path) - 1);
	ret = pmem2_small_file_read(path, needed, sizeof(needed));
	errno = -ret;
	if (ret != 0)
		return pmem2_err_sys("read %s", path);
	if (strcmp(needed, "0") == 0)
		return 0;

	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return pmem2_err_sys("open %s for writing%s", path,
			errno == EACCES ? " (root may, or who has the capability CAP_DAC_OVERRIDE)"
					: "");

	errno = EIO; /* if nothing is written, and nothing said */
	ret = write(fd, "1", 1) == 1 ? 0 : pmem2_err_sys("write %s", path);
	close(fd);
	return ret;
}

static int refuse_private(int code)
{
	/* 0 says nothing of the file: no store through this map is meant to reach it */
	return code == 0 ? 0
	                 : pmem2_err(code, "the map is private: its stores never reach the file");
}

int pmem2_map_deep_flush(struct pmem2_map *map, const void *ptr, size_t size,
	const struct pmem2_answers *answers)
{
	int ret = check_range(map, ptr, size);
	if (ret != 0)
		return ret;

	switch (map->type) {
	case PMEM2_SOURCE_ANON:
		return pmem2_err(PMEM2_E_NOSUPP, "anonymous memory cannot be made durable");
	case PMEM2_SOURCE_FILE:
		/* msync(2) of a private mapping succeeds, and writes nothing */
		if (!map->verdict.durable)
			return refuse_private(answers->deep_private);
		ret = flush_file(map, ptr, size);
		/*
		 * On DAX there are file systems whose msync(2) flushes nothing; and a backend that
		 * watches maps learns of no msync(2) but by this.
		 */
		if (ret == 0 && (map->verdict.granularity != PMEM2_GRANULARITY_PAGE ||
					map->choice->backend->attach != NULL))
			map->choice->variant->deep_persist(ptr, size);
		return ret;
	default:
		map->choice->variant->deep_persist(ptr, size);
		return flush_region(map->device);
	}
}

int pmem2_deep_flush(struct pmem2_map *map, void *ptr, size_t size)
{
	return pmem2_map_deep_flush(map, ptr, size, &pmem2_answers_manual);
}
