/* SPDX-License-Identifier: BSD-3-Clause */
/* disk.c -- a file on a device whose writes can be made to fail. */
#include "disk.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <libpmem2/extra.h>

/* Of the file, on the device. fuse_disk.c's does not tell, and its device has nothing else. */
static off_t place;

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	ck_assert_msg(value != NULL, "%s is not set", name);
	return value;
}

static void find_place(int fd)
{
	struct fiemap *map = calloc(1, sizeof(*map) + sizeof(struct fiemap_extent));

	ck_assert_ptr_nonnull(map);
	map->fm_length = FIEMAP_MAX_OFFSET;
	map->fm_extent_count = 1;
	place = 0;
	if (ioctl(fd, FS_IOC_FIEMAP, map) == 0) {
		ck_assert_uint_eq(map->fm_mapped_extents, 1);
		ck_assert_uint_eq(map->fm_extents[0].fe_length, DISK_SIZE);
		place = (off_t)map->fm_extents[0].fe_physical;
	}
	free(map);
}

int disk_open(int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/file", setting("DISK_DIR"));
	int fd = open(path, flags, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

void disk_forget(int fd)
{
	int tries = 100;

	while (fsync(fd) != 0 && tries > 0) {
		ck_assert_int_eq(errno, EIO);
		tries--;
	}
	ck_assert_int_gt(tries, 0);
}

int disk_file(void)
{
	int fd = disk_open(O_RDWR | O_CREAT | O_TRUNC);
	char old[DISK_SIZE];

	memset(old, OLD, sizeof(old));
	ck_assert_int_eq(pwrite(fd, old, sizeof(old), 0), sizeof(old));
	disk_forget(fd);
	find_place(fd);
	ck_assert_int_eq(disk_holds(0), OLD);
	return fd;
}

struct pmem2_map *disk_map(int fd, bool deferred)
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;

	ck_assert_int_eq(pmem2_source_from_fd(&source, fd), 0);
	ck_assert_int_eq(pmem2_config_new(&config), 0);
	ck_assert_int_eq(pmem2_config_set_required_store_granularity(config,
				 PMEM2_GRANULARITY_PAGE),
		0);
	ck_assert_int_eq(pmem2_config_set_deferred_flush(config, deferred), 0);
	int rc = pmem2_map_new(&map, config, source);

	ck_assert_msg(rc == 0, "%d %s", rc, pmem2_errormsg());
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return map;
}

void disk_writes_fail(void)
{
	ck_assert_int_eq(system("sh /writes.sh fail"), 0);
}

void disk_writes_work(void)
{
	ck_assert_int_eq(system("sh /writes.sh work"), 0);
}

char disk_holds(size_t block)
{
	int device = open(setting("DISK_DEVICE"), O_RDONLY | O_DIRECT);
	if (device < 0 && errno == EINVAL) /* a tmpfs */
		device = open(setting("DISK_DEVICE"), O_RDONLY);
	char *content = aligned_alloc(DISK_BLOCK, DISK_BLOCK);

	ck_assert_int_ge(device, 0);
	ck_assert_ptr_nonnull(content);
	ck_assert_int_eq(pread(device, content, DISK_BLOCK, place + (off_t)(block * DISK_BLOCK)),
		DISK_BLOCK);
	char first = content[0];

	free(content);
	close(device);
	return first;
}
