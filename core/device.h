/* SPDX-License-Identifier: BSD-3-Clause */
/* device.h -- which NVDIMMs a source lies on, and who can be asked about them. */
#ifndef PMEM2_DEVICE_H
#define PMEM2_DEVICE_H

#include <limits.h>

#include "ndctl/ndctl.h"
#include "source.h"

/*
 * Writes the sysfs directory of the nd region that the source lies in. -ENODEV, without a sentence: the
 * source is on no NVDIMM, which is a failure to some callers only. With a sentence: PMEM2_E_NOSUPP,
 * nothing tells (no sysfs, as in a chroot); -errno, what is there could not be read.
 */
int pmem2_device_region(const struct pmem2_source *src, char region[PATH_MAX]);

/*
 * For a source that pmem2_device_region places on no NVDIMM: 0, none is below it; else
 * PMEM2_E_NOSUPP, there may be one, below another layer that moves blocks around.
 */
int pmem2_device_rule_out(const struct pmem2_source *src);

/* Loads pmem2/ndctl.so, for the life of the process. PMEM2_E_NOSUPP: it is not installed. */
int pmem2_device_ndctl(const struct pmem2_ndctl **ndctl);

/* What the module answered, with its sentence on a failure. */
int pmem2_device_answer(int ret, const struct pmem2_ndctl_why *why);

/* Reports that path could not be read, for -error, and what permission would help. */
int pmem2_device_unreadable(const char *path, int error);

#endif
