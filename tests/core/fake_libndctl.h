/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fake_libndctl.h -- libndctl and libdaxctl of the test's own: ndbus0 with region0, which has two DIMMs at
 * 4 GiB and a Device DAX at 1 MiB, and region1, which has none. Included once in a program or module.
 */
#ifndef TEST_FAKE_LIBNDCTL_H
#define TEST_FAKE_LIBNDCTL_H

#include <daxctl/libdaxctl.h>
#include <errno.h>
#include <limits.h>
#include <linux/ndctl.h>
#include <ndctl/libndctl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Whether this call is to fail, and errno then: the fault injection says so. */
#ifndef FAKE_FAILS
#define FAKE_FAILS(function) false
#endif

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

struct ndctl_region {
	const char *name;
	unsigned mappings;
	unsigned dimms;
	unsigned long long resource;
};

struct ndctl_dimm {
	const char *id;
	long long shutdowns;
};

struct ndctl_cmd {
	uint64_t address, length;
};

/* what a test may change after fake_libndctl() */
static struct ndctl_region regions[2];
static struct ndctl_dimm dimms[2];
static int new_result, node, submit_result, contexts, commands;
static bool can_clear;
static unsigned unit;
static unsigned long long dax_resource, cleared;

static void fake_libndctl(void)
{
	regions[0] = (struct ndctl_region){"region0", 2, 2, 4 * GIB};
	regions[1] = (struct ndctl_region){"region1", 0, 0, 8 * GIB};
	dimms[0] = (struct ndctl_dimm){"8680-1", 42};
	dimms[1] = (struct ndctl_dimm){"8680-22", 43};
	new_result = submit_result = contexts = commands = node = 0;
	can_clear = true;
	unit = 256;
	dax_resource = 4 * GIB + MIB;
	cleared = ULLONG_MAX;
}

/* ---- libndctl: objects are told apart by where they are in the arrays above ---- */

static char context, dax_context, bus, dax, dax_region, device;

int ndctl_new(struct ndctl_ctx **ctx)
{
	if (FAKE_FAILS(ndctl_new))
		return -errno;
	contexts += new_result == 0;
	*ctx = (struct ndctl_ctx *)&context;
	return new_result;
}

struct ndctl_ctx *ndctl_unref(struct ndctl_ctx *ctx)
{
	(void)ctx;
	contexts--;
	return NULL;
}

struct daxctl_ctx *ndctl_get_daxctl_ctx(struct ndctl_ctx *ctx)
{
	(void)ctx;
	return (struct daxctl_ctx *)&dax_context;
}

void ndctl_set_log_fn(struct ndctl_ctx *ctx, void (*log)(struct ndctl_ctx *, int, const char *, int,
						     const char *, const char *, va_list))
{
	(void)ctx;
	if (log == NULL)
		abort();
}

void daxctl_set_log_fn(struct daxctl_ctx *ctx, void (*log)(struct daxctl_ctx *, int, const char *,
						       int, const char *, const char *, va_list))
{
	(void)ctx;
	if (log == NULL)
		abort();
}

struct ndctl_bus *ndctl_bus_get_first(struct ndctl_ctx *ctx)
{
	(void)ctx;
	if (FAKE_FAILS(ndctl_bus_get_first))
		return NULL;
	return (struct ndctl_bus *)&bus;
}

struct ndctl_bus *ndctl_bus_get_next(struct ndctl_bus *b)
{
	(void)b;
	return NULL;
}

const char *ndctl_bus_get_devname(struct ndctl_bus *b)
{
	(void)b;
	return "ndbus0";
}

unsigned int ndctl_bus_get_id(struct ndctl_bus *b)
{
	(void)b;
	return 0;
}

int ndctl_bus_is_cmd_supported(struct ndctl_bus *b, int cmd)
{
	(void)b;
	if (FAKE_FAILS(ndctl_bus_is_cmd_supported))
		return 0;
	return can_clear || cmd == ND_CMD_ARS_CAP;
}

struct ndctl_region *ndctl_region_get_first(struct ndctl_bus *b)
{
	(void)b;
	if (FAKE_FAILS(ndctl_region_get_first))
		return NULL;
	return &regions[0];
}

struct ndctl_region *ndctl_region_get_next(struct ndctl_region *region)
{
	if (FAKE_FAILS(ndctl_region_get_next))
		return NULL;
	return region == &regions[0] ? &regions[1] : NULL;
}

const char *ndctl_region_get_devname(struct ndctl_region *region)
{
	return region->name;
}

struct ndctl_bus *ndctl_region_get_bus(struct ndctl_region *region)
{
	(void)region;
	return (struct ndctl_bus *)&bus;
}

unsigned int ndctl_region_get_mappings(struct ndctl_region *region)
{
	if (FAKE_FAILS(ndctl_region_get_mappings))
		return 3;
	return region->mappings;
}

unsigned long long ndctl_region_get_resource(struct ndctl_region *region)
{
	if (FAKE_FAILS(ndctl_region_get_resource))
		return ULLONG_MAX;
	return region->resource;
}

unsigned long long ndctl_region_get_size(struct ndctl_region *region)
{
	(void)region;
	if (FAKE_FAILS(ndctl_region_get_size))
		return 0;
	return 64 * MIB;
}

int ndctl_region_get_numa_node(struct ndctl_region *region)
{
	(void)region;
	if (FAKE_FAILS(ndctl_region_get_numa_node))
		return -1;
	return node;
}

struct ndctl_dimm *ndctl_region_get_first_dimm(struct ndctl_region *region)
{
	if (FAKE_FAILS(ndctl_region_get_first_dimm))
		return NULL;
	return region->dimms > 0 ? &dimms[0] : NULL;
}

struct ndctl_dimm *ndctl_region_get_next_dimm(struct ndctl_region *region, struct ndctl_dimm *dimm)
{
	if (FAKE_FAILS(ndctl_region_get_next_dimm))
		return NULL;
	return dimm + 1 < dimms + region->dimms ? dimm + 1 : NULL;
}

const char *ndctl_dimm_get_unique_id(struct ndctl_dimm *dimm)
{
	if (FAKE_FAILS(ndctl_dimm_get_unique_id))
		return NULL;
	return dimm->id;
}

long long ndctl_dimm_get_dirty_shutdown(struct ndctl_dimm *dimm)
{
	if (FAKE_FAILS(ndctl_dimm_get_dirty_shutdown))
		return -EIO;
	return dimm->shutdowns;
}

const char *ndctl_dimm_get_devname(struct ndctl_dimm *dimm)
{
	return dimm == &dimms[0] ? "nmem-of-the-test-0" : "nmem-of-the-test-1";
}

struct ndctl_dax *ndctl_dax_get_first(struct ndctl_region *region)
{
	if (FAKE_FAILS(ndctl_dax_get_first))
		return NULL;
	return region == &regions[0] ? (struct ndctl_dax *)&dax : NULL;
}

struct ndctl_dax *ndctl_dax_get_next(struct ndctl_dax *d)
{
	(void)d;
	return NULL;
}

struct daxctl_region *ndctl_dax_get_daxctl_region(struct ndctl_dax *d)
{
	(void)d;
	if (FAKE_FAILS(ndctl_dax_get_daxctl_region))
		return NULL;
	return (struct daxctl_region *)&dax_region;
}

struct daxctl_dev *daxctl_dev_get_first(struct daxctl_region *region)
{
	(void)region;
	if (FAKE_FAILS(daxctl_dev_get_first))
		return NULL;
	return (struct daxctl_dev *)&device;
}

struct daxctl_dev *daxctl_dev_get_next(struct daxctl_dev *dev)
{
	(void)dev;
	return NULL;
}

int daxctl_dev_get_major(struct daxctl_dev *dev)
{
	(void)dev;
	if (FAKE_FAILS(daxctl_dev_get_major))
		return -1;
	return 252;
}

int daxctl_dev_get_minor(struct daxctl_dev *dev)
{
	(void)dev;
	if (FAKE_FAILS(daxctl_dev_get_minor))
		return -1;
	return 1;
}

const char *daxctl_dev_get_devname(struct daxctl_dev *dev)
{
	(void)dev;
	return "dax-of-the-test";
}

unsigned long long daxctl_dev_get_resource(struct daxctl_dev *dev)
{
	(void)dev;
	if (FAKE_FAILS(daxctl_dev_get_resource))
		return ULLONG_MAX;
	return dax_resource;
}

unsigned long long daxctl_dev_get_size(struct daxctl_dev *dev)
{
	(void)dev;
	if (FAKE_FAILS(daxctl_dev_get_size))
		return ULLONG_MAX / 2;
	return 4 * MIB;
}

static struct ndctl_cmd last;

struct ndctl_cmd *ndctl_bus_cmd_new_ars_cap(struct ndctl_bus *b, unsigned long long address,
	unsigned long long length)
{
	(void)b, (void)address, (void)length;
	if (FAKE_FAILS(ndctl_bus_cmd_new_ars_cap))
		return NULL;
	commands++;
	return &last;
}

struct ndctl_cmd *ndctl_bus_cmd_new_clear_error(unsigned long long address,
	unsigned long long length, struct ndctl_cmd *cap)
{
	if (cap != &last)
		abort();
	if (FAKE_FAILS(ndctl_bus_cmd_new_clear_error))
		return NULL;
	commands++;
	last = (struct ndctl_cmd){address, length};
	return &last;
}

int ndctl_cmd_submit(struct ndctl_cmd *cmd)
{
	(void)cmd;
	if (FAKE_FAILS(ndctl_cmd_submit))
		return -errno;
	return submit_result;
}

void ndctl_cmd_unref(struct ndctl_cmd *cmd)
{
	(void)cmd;
	commands--;
}

unsigned int ndctl_cmd_ars_cap_get_clear_unit(struct ndctl_cmd *cap)
{
	(void)cap;
	return unit;
}

unsigned long long ndctl_cmd_clear_error_get_cleared(struct ndctl_cmd *cmd)
{
	if (FAKE_FAILS(ndctl_cmd_clear_error_get_cleared))
		return 0;
	return cmd->length < cleared ? cmd->length : cleared;
}

#endif
