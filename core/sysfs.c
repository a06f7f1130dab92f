/* SPDX-License-Identifier: BSD-3-Clause */
/* sysfs.c -- where a device is in sysfs. */
#include "sysfs.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

const char *pmem2_sysfs_root = "/sys";

void pmem2_sysfs_path(char path[PATH_MAX], enum pmem2_sysfs_class class, dev_t device,
	const char *attribute)
{
	snprintf(path, PATH_MAX, "%s/dev/%s/%u:%u%s%s", pmem2_sysfs_root,
		class == PMEM2_SYSFS_BLOCK ? "block" : "char", major(device), minor(device),
		attribute[0] != '\0' ? "/" : "", attribute);
}

bool pmem2_sysfs_links_to(const char *link, const char *name)
{
	char target[256]; /* "../../../bus/nd"; a longer one is cut and is not it */
	ssize_t length = readlink(link, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';

	const char *slash = strrchr(target, '/');
	return slash != NULL && strcmp(slash + 1, name) == 0;
}
