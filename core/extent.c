/* SPDX-License-Identifier: BSD-3-Clause */
/* extent.c -- where on its disk a file's bytes are. */
#include "extent.h"

#include <errno.h>
#include <limits.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "device.h"
#include "error.h"
#include "small_file.h"
#include "sysfs.h"

enum {
	BATCH = 64,
};

/* Extents without an address, or with one that holds more than this file's bytes. */
static const unsigned no_place =
	FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_DATA_INLINE;

/*
 * ext2 to ext4 and xfs are on one device, st_dev, and tell addresses there (xfs: but for realtime
 * files, of which pmem2_source_device knows no device). Others may span several, and give no sign.
 */
static int check_file_system(const struct statfs *fs)
{
	if ((unsigned)fs->f_type == EXT4_SUPER_MAGIC || (unsigned)fs->f_type == XFS_SUPER_MAGIC)
		return 0;

	return pmem2_err(PMEM2_E_NOSUPP,
		"which blocks a file has can be told on ext2, ext3, ext4 and xfs, not on this file "
		"system (magic number 0x%x)",
		(unsigned)fs->f_type);
}

/* Its sectors are moved around, and it keeps the list of those that are bad to itself. */
static int refuse_sector_mode(dev_t device)
{
	char path[PATH_MAX];
	int ret = 0;

	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, device, "");
	char *disk = realpath(path, NULL);
	if (disk == NULL)
		return pmem2_device_unreadable(path, errno);
	if (strstr(disk, "/btt") != NULL)
		ret = pmem2_err(PMEM2_E_NOSUPP,
			"%s is a sector mode (BTT) namespace, which does not list bad blocks",
			disk);
	free(disk);

	return ret;
}

/* Sets partition, and start: where the source's device begins on its disk, bytes. */
static int place_on_disk(dev_t device, bool *partition, uint64_t *start)
{
	char path[PATH_MAX];
	int ret = refuse_sector_mode(device);

	if (ret != 0)
		return ret;

	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, device, "partition");
	*partition = access(path, F_OK) == 0;
	if (!*partition)
		return errno == ENOENT ? 0 : pmem2_device_unreadable(path, errno);

	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, device, "start");
	ret = pmem2_small_file_read_u64(path, start);
	*start *= 512; /* sectors, whatever the disk's are */
	return ret == 0 ? 0 : pmem2_device_unreadable(path, -ret);
}

/* Shifts all extents, and drops what is allocated after the end of the file. */
static void fit(struct pmem2_extents *extents, uint64_t start, uint64_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < extents->count; i++) {
		struct pmem2_extent extent = extents->list[i];

		if (extent.file >= size)
			break;
		if (extent.length > size - extent.file)
			extent.length = size - extent.file;
		extent.device += start;
		extents->list[kept++] = extent;
	}

	extents->count = kept;
}

static int append(struct pmem2_extents *extents, const struct fiemap *map)
{
	struct pmem2_extent *longer =
		realloc(extents->list, (extents->count + map->fm_mapped_extents) * sizeof(*longer));

	if (longer == NULL)
		return pmem2_err_memory("realloc");
	extents->list = longer;

	for (unsigned i = 0; i < map->fm_mapped_extents; i++) {
		const struct fiemap_extent *extent = &map->fm_extents[i];

		if ((extent->fe_flags & no_place) == 0)
			extents->list[extents->count++] = (struct pmem2_extent){
				.file = extent->fe_logical,
				.device = extent->fe_physical,
				.length = extent->fe_length,
			};
	}

	return 0;
}

static int fill(int fd, struct pmem2_extents *extents, struct fiemap *map)
{
	uint64_t start = 0;

	for (bool last = false; !last;) {
		*map = (struct fiemap){
			.fm_start = start,
			.fm_length = FIEMAP_MAX_OFFSET - start,
			.fm_flags = FIEMAP_FLAG_SYNC,
			.fm_extent_count = BATCH,
		};
		if (ioctl(fd, FS_IOC_FIEMAP, map) != 0)
			return pmem2_err_sys("ioctl FS_IOC_FIEMAP");
		if (map->fm_mapped_extents == 0)
			break;

		int ret = append(extents, map);
		if (ret != 0)
			return ret;

		const struct fiemap_extent *end = &map->fm_extents[map->fm_mapped_extents - 1];
		start = end->fe_logical + end->fe_length;
		last = (end->fe_flags & FIEMAP_EXTENT_LAST) != 0;
	}

	return 0;
}

static int ask(int fd, struct pmem2_extents *extents)
{
	/* zeroed: valgrind does not know what this ioctl fills */
	struct fiemap *map = calloc(1, sizeof(*map) + BATCH * sizeof(map->fm_extents[0]));

	if (map == NULL)
		return pmem2_err_memory("calloc");

	int ret = fill(fd, extents, map);
	free(map);
	return ret;
}

int pmem2_extents_of(const struct pmem2_source *src, struct pmem2_extents *extents)
{
	struct statfs fs;
	size_t size;
	uint64_t start = 0;

	*extents = (struct pmem2_extents){0};

	int ret = pmem2_source_size(src, &size);
	if (ret != 0)
		return ret;
	if (fstatfs(src->fd, &fs) != 0)
		return pmem2_err_sys("fstatfs");
	extents->block = (uint64_t)fs.f_bsize;

	ret = check_file_system(&fs);
	if (ret == 0)
		ret = place_on_disk(src->device, &extents->partition, &start);
	if (ret == 0)
		ret = ask(src->fd, extents);
	if (ret != 0) {
		pmem2_extents_free(extents);
		return ret;
	}

	fit(extents, start, (size + extents->block - 1) / extents->block * extents->block);
	return 0;
}

void pmem2_extents_free(struct pmem2_extents *extents)
{
	free(extents->list);
	*extents = (struct pmem2_extents){0};
}
