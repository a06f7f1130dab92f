/* SPDX-License-Identifier: BSD-3-Clause */
/* fake_sysfs.h -- a sysfs of the test's own, with an nd region and what may stand on it. */
#ifndef TEST_FAKE_SYSFS_H
#define TEST_FAKE_SYSFS_H

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sysfs.h"

static char fake_root[256];

#define FAKE_REGION "devices/ndbus0/region1"

/* 259:0 is pmem1, a disk on the region; 259:1 its second partition, from sector 2048 on */
#define FAKE_DISK      makedev(259, 0)
#define FAKE_PARTITION makedev(259, 1)
/* sda, on no region; btt, in sector mode; the DAX of the region; a DAX without one */
#define FAKE_ORDINARY  makedev(8, 0)
#define FAKE_BTT       makedev(259, 2)
#define FAKE_DAX       makedev(252, 1)
#define FAKE_HMEM      makedev(252, 0)
/* device-mapper: on pmem1; on sda; on the first of these; a partition of that */
#define FAKE_DM_PMEM   makedev(253, 0)
#define FAKE_DM_SDA    makedev(253, 1)
#define FAKE_DM_DM     makedev(253, 2)
#define FAKE_DM_PART   makedev(259, 3)

enum {
	FAKE_START = 2048, /* sectors */
};

static inline void fake_make(const char *directory)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", fake_root, directory);
	for (char *slash = path + strlen(fake_root) + 1; slash != NULL;) {
		slash = strchr(slash, '/');
		if (slash != NULL)
			*slash = '\0';
		mkdir(path, 0755);
		if (slash != NULL)
			*slash++ = '/';
	}
}

static inline void fake_put(const char *file, const char *text)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", fake_root, file);
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static inline void fake_link(const char *link, const char *target)
{
	char path[4096], to[4096];

	snprintf(path, sizeof(path), "%s/%s", fake_root, link);
	snprintf(to, sizeof(to), "%s/%s", fake_root, target);
	ck_assert_int_eq(symlink(to, path), 0);
}

/* A block device in a directory, with its number. */
static inline void fake_block(const char *directory, const char *number)
{
	char name[256];

	fake_make(directory);
	snprintf(name, sizeof(name), "dev/block/%s", number);
	fake_link(name, directory);
	snprintf(name, sizeof(name), "%s/dev", directory);
	fake_put(name, number);
}

static inline void fake_set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(fake_root, sizeof(fake_root), "%s/pmem2-sysfs-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(fake_root));
	ck_assert_int_eq(chmod(fake_root, 0755), 0);
	pmem2_sysfs_root = fake_root;
	fake_make("dev/block");
	fake_make("dev/char");
	fake_make("bus/nd/devices");
	fake_make(FAKE_REGION "/dax1.1/dax1.0");
	fake_make("devices/platform/hmem.0/dax0.0");
	fake_link(FAKE_REGION "/subsystem", "bus/nd");
	fake_link("dev/char/252:1", FAKE_REGION "/dax1.1/dax1.0");
	fake_link("dev/char/252:0", "devices/platform/hmem.0/dax0.0");
	fake_put(FAKE_REGION "/badblocks", "");

	fake_block(FAKE_REGION "/pfn1.0/block/pmem1", "259:0");
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/badblocks", "\n");
	fake_block(FAKE_REGION "/pfn1.0/block/pmem1/pmem1p2", "259:1");
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/pmem1p2/partition", "2\n");
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/pmem1p2/start", "2048\n");
	fake_block(FAKE_REGION "/btt1.1/block/pmem1s", "259:2");
	fake_put(FAKE_REGION "/btt1.1/block/pmem1s/badblocks", "\n");

	fake_block("devices/pci0/block/sda", "8:0");
	fake_block("devices/virtual/block/dm-0", "253:0");
	fake_block("devices/virtual/block/dm-1", "253:1");
	fake_block("devices/virtual/block/dm-2", "253:2");
	fake_make("devices/virtual/block/dm-0/slaves");
	fake_make("devices/virtual/block/dm-1/slaves");
	fake_make("devices/virtual/block/dm-2/slaves");
	fake_link("devices/virtual/block/dm-0/slaves/pmem1", FAKE_REGION "/pfn1.0/block/pmem1");
	fake_link("devices/virtual/block/dm-1/slaves/sda", "devices/pci0/block/sda");
	fake_link("devices/virtual/block/dm-2/slaves/sda", "devices/pci0/block/sda");
	fake_link("devices/virtual/block/dm-2/slaves/dm-0", "devices/virtual/block/dm-0");
	fake_block("devices/virtual/block/dm-0/dm-0p1", "259:3");
	fake_put("devices/virtual/block/dm-0/dm-0p1/partition", "1\n");
}

static inline void fake_tear_down(void)
{
	char command[512];

	snprintf(command, sizeof(command), "rm -r '%s'", fake_root);
	ck_assert_int_eq(system(command), 0);
}

/* From here on, this process may not what root may. */
static inline void fake_no_root(void)
{
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
}

static inline void fake_root_again(void)
{
	ck_assert_int_eq(seteuid(getuid()), 0);
}

static inline void fake_forbid(const char *file)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", fake_root, file);
	ck_assert_int_eq(chmod(path, 0), 0);
}

static inline void fake_allow(const char *file)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", fake_root, file);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

#endif
