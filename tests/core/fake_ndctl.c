/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fake_ndctl.c -- stands in for ndctl.so: a region with two DIMMs that is never asked of anybody.
 *
 * The environment is how test and module talk: FAKE_NDCTL holds the code to fail with, FAKE_ID the
 * id, FAKE_ID_THEN the one as soon as there is room for it; FAKE_REGION becomes the region asked about,
 * FAKE_CLEARED what was cleared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ndctl/ndctl.h"

enum {
	DEPTH = 24 * 1024, /* half as much again as libndctl uses of the stack */
};

static int answer(const char *region, struct pmem2_ndctl_why *why)
{
	volatile char deep[DEPTH];
	const char *code = getenv("FAKE_NDCTL");

	for (size_t i = 0; i < DEPTH; i += 512)
		deep[i] = 1;
	setenv("FAKE_REGION", region, 1);
	if (code == NULL)
		return 0;

	snprintf(why->text, sizeof(why->text), "the sentence of the module %d", deep[0]);
	return atoi(code);
}

static int device_id(const char *region, char *id, size_t size, size_t *needed,
	struct pmem2_ndctl_why *why)
{
	const char *whole = getenv("FAKE_ID") != NULL ? getenv("FAKE_ID") : "8680-a8680-b";
	const char *then = size > 0 ? getenv("FAKE_ID_THEN") : NULL;
	int ret = answer(region, why);

	if (ret != 0)
		return ret;
	if (then != NULL)
		whole = then;

	*needed = strlen(whole) + 1;
	if (*needed <= size)
		memcpy(id, whole, *needed);
	return 0;
}

static int shutdown_count(const char *region, uint64_t *count, struct pmem2_ndctl_why *why)
{
	int ret = answer(region, why);

	if (ret == 0)
		*count = 84;
	return ret;
}

static int numa_node(const char *region, int *node, struct pmem2_ndctl_why *why)
{
	int ret = answer(region, why);

	if (ret == 0)
		*node = 3;
	return ret;
}

/* The device begins 1 MiB into the region, and has 64 KiB. */
static int dax_extent(const char *region, dev_t dax, uint64_t *offset, uint64_t *length,
	struct pmem2_ndctl_why *why)
{
	int ret = answer(region, why);

	(void)dax;
	if (ret == 0) {
		*offset = 1024 * 1024;
		*length = 64 * 1024;
	}
	return ret;
}

static int clear(const char *region, uint64_t offset, uint64_t length, struct pmem2_ndctl_why *why)
{
	char text[64];
	int ret = answer(region, why);

	snprintf(text, sizeof(text), "%ju %ju", (uintmax_t)offset, (uintmax_t)length);
	setenv("FAKE_CLEARED", text, 1);
	return ret;
}

const struct pmem2_ndctl pmem2_ndctl_v1 = {
	.device_id = device_id,
	.shutdown_count = shutdown_count,
	.numa_node = numa_node,
	.dax_extent = dax_extent,
	.clear = clear,
};
