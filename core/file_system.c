/* SPDX-License-Identifier: BSD-3-Clause */
/* file_system.c -- what a file lies on, as the kernel tells it of the file and of its mount. */
#include "file_system.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "source.h"

#ifndef BCACHEFS_MAGIC
#define BCACHEFS_MAGIC 0xca451a4e
#endif
#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000 /* Linux 5.8 */
#endif
#define FAMFS_MAGIC 0x87b282ff /* out of tree */

const char *pmem2_file_system_mounts = "/proc/self/mountinfo";

static const struct known {
	unsigned long magic;
	const char *name;
	bool is_union, in_memory, idle_fsync;
} known[] = {
	{BCACHEFS_MAGIC, "bcachefs", false, false, false},
	{BTRFS_SUPER_MAGIC, "btrfs", false, false, false},
	{EXT4_SUPER_MAGIC, "ext2, ext3 or ext4", false, false, false},
	{FAMFS_MAGIC, "famfs", false, false, true},
	{FUSE_SUPER_MAGIC, "fuse", false, false, false},
	{HUGETLBFS_MAGIC, "hugetlbfs", false, true, true},
	{NFS_SUPER_MAGIC, "nfs", false, false, false},
	{OVERLAYFS_SUPER_MAGIC, "overlay", true, false, false},
	{RAMFS_MAGIC, "ramfs", false, true, true},
	{TMPFS_MAGIC, "tmpfs", false, true, true},
	{XFS_SUPER_MAGIC, "xfs", false, false, false},
};

static const struct known *find_known(unsigned long magic)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].magic == magic)
			return &known[i];

	return NULL;
}

const char *pmem2_file_system_name(unsigned long magic, char *buffer, size_t size)
{
	const struct known *entry = find_known(magic);

	if (entry != NULL)
		return entry->name;
	snprintf(buffer, size, "type %#lx", magic);
	return buffer;
}

static void take_known(struct pmem2_file_system *fs, const struct known *entry)
{
	fs->is_union = entry->is_union;
	fs->in_memory = entry->in_memory;
	fs->idle_fsync = entry->idle_fsync;
}

/* Splits a line "id parent major:minor root point options ... - type source options". */
static bool is_mount_of(char *line, dev_t device, const char **type, const char **options)
{
	unsigned major_number, minor_number;
	char *end = strstr(line, " - ");

	if (end == NULL || sscanf(line, "%*u %*u %u:%u ", &major_number, &minor_number) != 2 ||
		makedev(major_number, minor_number) != device)
		return false;

	char *rest;
	*type = strtok_r(end + 3, " \n", &rest);
	strtok_r(NULL, " \n", &rest);
	*options = strtok_r(NULL, " \n", &rest);
	return *options != NULL;
}

static void read_mount(dev_t device, struct pmem2_file_system *fs)
{
	FILE *mounts = fopen(pmem2_file_system_mounts, "re");
	const char *type, *options;
	char line[2048]; /* of a longer one the rest is no line of its own, and matches nothing */

	if (mounts == NULL)
		return;
	while (fgets(line, sizeof(line), mounts) != NULL) {
		if (!is_mount_of(line, device, &type, &options))
			continue;
		snprintf(fs->options, sizeof(fs->options), "%s", options);
		if (fs->name[0] != '\0')
			break;
		snprintf(fs->name, sizeof(fs->name), "%s", type);
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (strcmp(known[i].name, fs->name) == 0)
				take_known(fs, &known[i]);
		break;
	}
	fclose(mounts);
}

void pmem2_file_system_read(const struct pmem2_source *src, struct pmem2_file_system *fs)
{
	struct statfs status;
	struct statx file;

	memset(fs, 0, sizeof(*fs));
	if (src->fd >= 0 && fstatfs(src->fd, &status) == 0) {
		unsigned long magic = (unsigned long)status.f_type & 0xffffffffUL;
		const struct known *entry = find_known(magic);
		char buffer[32];

		snprintf(fs->name, sizeof(fs->name), "%s",
			pmem2_file_system_name(magic, buffer, sizeof(buffer)));
		if (entry != NULL)
			take_known(fs, entry);
	}
	read_mount(src->device, fs);

	if (src->fd >= 0 && statx(src->fd, "", AT_EMPTY_PATH, 0, &file) == 0 &&
		(file.stx_attributes_mask & STATX_ATTR_DAX) != 0)
		fs->dax = (file.stx_attributes & STATX_ATTR_DAX) != 0 ? PMEM2_FILE_DAX_ON
		                                                      : PMEM2_FILE_DAX_OFF;
}

bool pmem2_file_system_has(const struct pmem2_file_system *fs, const char *option)
{
	size_t length = strlen(option);

	for (const char *at = fs->options; *at != '\0'; at++) {
		size_t whole = strcspn(at, ",");

		if (whole == length && strncmp(at, option, length) == 0)
			return true;
		at += whole;
		if (*at == '\0')
			break;
	}

	return false;
}
