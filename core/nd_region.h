/* SPDX-License-Identifier: BSD-3-Clause */
/* nd_region.h -- which nd region a source lies in, and what the region says of itself. */
#ifndef PMEM2_ND_REGION_H
#define PMEM2_ND_REGION_H

#include <limits.h>

#include "source.h"
#include "sysfs.h"

/* None of these sets the error sentence: no region is a failure to some callers only. */

/*
 * Writes the region's directory in sysfs, "/sys/devices/.../ndbus0/region1". -ENODEV: the device is in
 * none; -ENOENT: sysfs does not know the device; another -errno: sysfs could not be read.
 */
int pmem2_nd_region_of(enum pmem2_sysfs_class class, dev_t device, char region[PATH_MAX]);

/* The same for a source: -ENODEV also for a file below which no block device is known. */
int pmem2_nd_region_below(const struct pmem2_source *src, char region[PATH_MAX]);

/* Whether the source's device is a character or a block device. */
enum pmem2_sysfs_class pmem2_nd_region_class(const struct pmem2_source *src);

/* Reads an attribute in, or above, the region's directory; "" and -errno if it could not be read. */
int pmem2_nd_region_attribute(char region[PATH_MAX], const char *attribute, char text[64]);

#endif
