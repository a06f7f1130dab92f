/* SPDX-License-Identifier: BSD-3-Clause */
/* pmem_say.c -- what libpmem says: errors, versions, a log. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "next.h"
#include "pmem.h"

static _Thread_local char message[1024];

int pmem2_preload_error(int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	errno = error;
	return -1;
}

PRELOAD_EXPORT const char *pmem_errormsg(void)
{
	return message;
}

PRELOAD_EXPORT const char *pmem_check_version(unsigned major, unsigned minor)
{
	enum { MAJOR = 1, MINOR = 1 };

	if (major == MAJOR && minor <= MINOR)
		return NULL;
	pmem2_preload_error(errno, "libpmem %u.%u is wanted, and this stands for %d.%d", major,
		minor, MAJOR, MINOR);
	return message;
}

/* ---- the log ---- */

enum { THRESHOLDS = 2 };

static int levels[THRESHOLDS];

PRELOAD_EXPORT int pmem_log_set_threshold(int threshold, int level)
{
	if (threshold < 0 || threshold >= THRESHOLDS)
		return pmem2_preload_error(EINVAL, "there is no threshold %d", threshold);
	levels[threshold] = level;
	return 0;
}

PRELOAD_EXPORT int pmem_log_get_threshold(int threshold, int *level)
{
	if (threshold < 0 || threshold >= THRESHOLDS)
		return pmem2_preload_error(EINVAL, "there is no threshold %d", threshold);
	*level = levels[threshold];
	return 0;
}

PRELOAD_EXPORT int pmem_log_set_function(void *function)
{
	(void)function;
	return 0;
}
