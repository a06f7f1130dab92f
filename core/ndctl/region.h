/* SPDX-License-Identifier: BSD-3-Clause */
/* region.h -- a region as libndctl sees it, for the length of one question. */
#ifndef PMEM2_NDCTL_REGION_H
#define PMEM2_NDCTL_REGION_H

#include <ndctl/libndctl.h>

#include "ndctl.h"

struct asked {
	const char *path; /* of the region in sysfs */
	struct ndctl_ctx *ctx;
	struct ndctl_region *region;
	struct pmem2_ndctl_why *why;
};

/* Finds the region; finish releases it. libndctl is asked anew each time: devices come and go. */
int pmem2_ndctl_start(struct asked *asked, const char *path, struct pmem2_ndctl_why *why);
void pmem2_ndctl_finish(struct asked *asked);

/* Sets the sentence and returns code. */
int pmem2_ndctl_say(struct pmem2_ndctl_why *why, int code, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

/*
 * Why libndctl has no value of an attribute, which it does not tell: PMEM2_E_NOSUPP, the device has
 * none; -errno, it could not be read.
 */
int pmem2_ndctl_no_value(struct pmem2_ndctl_why *why, const char *path);

#ifdef __clang_analyzer__ /* cannot see that codes are negative */
static inline int pmem2_ndctl_negative(int code)
{
	if (code >= 0)
		__builtin_unreachable();
	return code;
}
#define pmem2_ndctl_say(...)      pmem2_ndctl_negative(pmem2_ndctl_say(__VA_ARGS__))
#define pmem2_ndctl_no_value(...) pmem2_ndctl_negative(pmem2_ndctl_no_value(__VA_ARGS__))
#endif

#endif
