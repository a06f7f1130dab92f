/* SPDX-License-Identifier: BSD-3-Clause */
/* nd_region.c -- which nd region a source lies in, and what the region says of itself. */
#include "nd_region.h"
#include "small_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* Whether the directory is a region of the nd bus; its name alone could be anybody's. */
static bool is_region(const char *directory, char link[PATH_MAX])
{
	const char *name = strrchr(directory, '/') + 1;

	if (strncmp(name, "region", 6) != 0 || !isdigit((unsigned char)name[6]))
		return false;

	return snprintf(link, PATH_MAX, "%s/subsystem", directory) < PATH_MAX &&
	       pmem2_sysfs_links_to(link, "nd");
}

int pmem2_nd_region_of(enum pmem2_sysfs_class class, dev_t device, char region[PATH_MAX])
{
	char path[PATH_MAX];

	pmem2_sysfs_path(path, class, device, "");
	if (realpath(path, region) == NULL)
		return -errno;

	size_t top = strlen(pmem2_sysfs_root);
	for (char *slash; (slash = strrchr(region, '/')) >= region + top && slash != NULL;
		*slash = '\0')
		if (is_region(region, path)) /* path has served, and stacks are small */
			return 0;

	return -ENODEV;
}

enum pmem2_sysfs_class pmem2_nd_region_class(const struct pmem2_source *src)
{
	return src->type == PMEM2_SOURCE_DEVDAX ? PMEM2_SYSFS_CHAR : PMEM2_SYSFS_BLOCK;
}

int pmem2_nd_region_below(const struct pmem2_source *src, char region[PATH_MAX])
{
	enum pmem2_sysfs_class class = pmem2_nd_region_class(src);
	dev_t device = pmem2_source_device(src);

	/* tmpfs, network and union file systems: no block device is below, or none is known */
	if (class == PMEM2_SYSFS_BLOCK && major(device) == 0)
		return -ENODEV;

	return pmem2_nd_region_of(class, device, region);
}

int pmem2_nd_region_attribute(char region[PATH_MAX], const char *attribute, char text[64])
{
	/* the region's name has room for the attribute's, and the stack need not have it twice */
	size_t end = strlen(region), room = PATH_MAX - end;
	int ret = snprintf(region + end, room, "/%s", attribute) < (int)room
	                  ? pmem2_small_file_read(region, text, 64)
	                  : -ENAMETOOLONG;

	if (ret != 0)
		text[0] = '\0';
	region[end] = '\0';
	return ret;
}
