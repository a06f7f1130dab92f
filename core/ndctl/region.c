/* SPDX-License-Identifier: BSD-3-Clause */
/* region.c -- a region as libndctl sees it, for the length of one question. */
#include "region.h"

#include <daxctl/libdaxctl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libpmem2.h>

#undef pmem2_ndctl_say
#undef pmem2_ndctl_no_value

int pmem2_ndctl_say(struct pmem2_ndctl_why *why, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);

	return code;
}

int pmem2_ndctl_no_value(struct pmem2_ndctl_why *why, const char *path)
{
	char byte;
	int error = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return pmem2_ndctl_say(why, PMEM2_E_NOSUPP,
			"the device tells no such thing: there is no %s", path);
	if (fd < 0 || read(fd, &byte, 1) < 0)
		error = errno;
	if (fd >= 0)
		close(fd);

	if (error == 0)
		return pmem2_ndctl_say(why, -EPROTO, "libndctl does not understand what %s holds",
			path);

	return pmem2_ndctl_say(why, -error, "read %s: %s%s", path, strerror(error),
		error == EACCES || error == EPERM
			? " (root may, or who has the capability CAP_DAC_READ_SEARCH)"
			: "");
}

/* The library writes nothing to stderr, nor does what it loads. */
static void log_nothing(struct ndctl_ctx *ctx, int priority, const char *file, int line,
	const char *function, const char *format, va_list args)
{
	(void)ctx, (void)priority, (void)file, (void)line, (void)function, (void)format, (void)args;
}

static void log_nothing_of_dax(struct daxctl_ctx *ctx, int priority, const char *file, int line,
	const char *function, const char *format, va_list args)
{
	(void)ctx, (void)priority, (void)file, (void)line, (void)function, (void)format, (void)args;
}

/* Whether path ends in "/BUS/REGION". */
static bool ends_in(const char *path, const char *bus, const char *region)
{
	char end[128];
	int length = snprintf(end, sizeof(end), "/%s/%s", bus, region);
	size_t whole = strlen(path);

	return length < (int)sizeof(end) && whole >= (size_t)length &&
	       strcmp(path + whole - (size_t)length, end) == 0;
}

static struct ndctl_region *search(struct ndctl_ctx *ctx, const char *path)
{
	struct ndctl_bus *bus;
	struct ndctl_region *region;

	ndctl_bus_foreach (ctx, bus)
		ndctl_region_foreach (bus, region)
			if (ends_in(path, ndctl_bus_get_devname(bus),
				    ndctl_region_get_devname(region)))
				return region;

	return NULL;
}

int pmem2_ndctl_start(struct asked *asked, const char *path, struct pmem2_ndctl_why *why)
{
	*asked = (struct asked){.path = path, .why = why};

	int ret = ndctl_new(&asked->ctx);
	if (ret != 0)
		return pmem2_ndctl_say(why, ret, "libndctl does not start: %s", strerror(-ret));

	ndctl_set_log_fn(asked->ctx, log_nothing);
	daxctl_set_log_fn(ndctl_get_daxctl_ctx(asked->ctx), log_nothing_of_dax);

	asked->region = search(asked->ctx, path);
	if (asked->region != NULL)
		return 0;

	ndctl_unref(asked->ctx);
	return pmem2_ndctl_say(why, -ENODEV,
		"libndctl does not list %s (it reads /sys/bus/nd and /sys/class/nd)", path);
}

void pmem2_ndctl_finish(struct asked *asked)
{
	ndctl_unref(asked->ctx);
}
