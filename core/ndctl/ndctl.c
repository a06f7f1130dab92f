/* SPDX-License-Identifier: BSD-3-Clause */
/* ndctl.c -- asks libndctl and libdaxctl about a region's DIMMs, Device DAX and bad blocks. */
#include "ndctl.h"

#include <daxctl/libdaxctl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ndctl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <libpmem2.h>

#include "region.h"

/* Whether those seen are all DIMMs of the region: libndctl leaves out one that it cannot read. */
static int check_dimms(const struct asked *asked, unsigned seen)
{
	unsigned all = ndctl_region_get_mappings(asked->region);
	if (seen == all)
		return 0;

	return pmem2_ndctl_say(asked->why, -EIO, "%s has %u DIMMs, and libndctl could read %u",
		asked->path, all, seen);
}

/* A DIMM's attribute that libndctl has no value of. */
static int no_dimm_value(const struct asked *asked, struct ndctl_dimm *dimm, const char *attribute)
{
	static const char *const families[] = {"nfit", "papr", "cxl"};
	char path[256];

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/%s",
			ndctl_dimm_get_devname(dimm), families[i]);
		if (access(path, F_OK) == 0)
			break;
	}

	size_t used = strlen(path);
	snprintf(path + used, sizeof(path) - used, "/%s", attribute);
	return pmem2_ndctl_no_value(asked->why, path);
}

static int ids_of(const struct asked *asked, char *id, size_t size, size_t *needed)
{
	size_t used = 0;
	unsigned seen = 0;
	struct ndctl_dimm *dimm;

	ndctl_dimm_foreach_in_region (asked->region, dimm) {
		const char *one = ndctl_dimm_get_unique_id(dimm);
		if (one == NULL)
			return no_dimm_value(asked, dimm, "id");

		size_t length = strlen(one);
		if (used + length < size)
			memcpy(id + used, one, length);
		used += length;
		seen++;
	}

	int ret = check_dimms(asked, seen);
	if (ret != 0)
		return ret;

	*needed = used + 1;
	if (used < size)
		id[used] = '\0';
	return 0;
}

static int device_id(const char *region, char *id, size_t size, size_t *needed,
	struct pmem2_ndctl_why *why)
{
	struct asked asked;
	int ret = pmem2_ndctl_start(&asked, region, why);

	if (ret != 0)
		return ret;

	ret = ids_of(&asked, id, size, needed);
	pmem2_ndctl_finish(&asked);
	return ret;
}

static int shutdowns_of(const struct asked *asked, uint64_t *count)
{
	uint64_t sum = 0;
	unsigned seen = 0;
	struct ndctl_dimm *dimm;

	ndctl_dimm_foreach_in_region (asked->region, dimm) {
		long long one = ndctl_dimm_get_dirty_shutdown(dimm);
		if (one < 0)
			return no_dimm_value(asked, dimm, "dirty_shutdown");

		sum += (uint64_t)one;
		seen++;
	}

	int ret = check_dimms(asked, seen);
	if (ret != 0)
		return ret;

	*count = sum;
	return 0;
}

static int shutdown_count(const char *region, uint64_t *count, struct pmem2_ndctl_why *why)
{
	struct asked asked;
	int ret = pmem2_ndctl_start(&asked, region, why);

	if (ret != 0)
		return ret;

	ret = shutdowns_of(&asked, count);
	pmem2_ndctl_finish(&asked);
	return ret;
}

/* Whether -1 is what the attribute says: the memory is at no node in particular. */
static bool is_minus_one(const char *attribute)
{
	char text[2];
	int fd = open(attribute, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && read(fd, text, 2) == 2 && memcmp(text, "-1", 2) == 0;

	if (fd >= 0)
		close(fd);
	return is;
}

static int numa_node(const char *region, int *node, struct pmem2_ndctl_why *why)
{
	struct asked asked;
	int ret = pmem2_ndctl_start(&asked, region, why);

	if (ret != 0)
		return ret;

	char attribute[PATH_MAX + sizeof("/numa_node")];
	int found = ndctl_region_get_numa_node(asked.region);
	pmem2_ndctl_finish(&asked);

	snprintf(attribute, sizeof(attribute), "%s/numa_node", region);
	if (found < 0 && !is_minus_one(attribute))
		return pmem2_ndctl_no_value(why, attribute);

	*node = found;
	return 0;
}

/* The physical address that the region begins at: only root may know. */
static int address_of(const struct asked *asked, uint64_t *address)
{
	char attribute[PATH_MAX + sizeof("/resource")];
	unsigned long long found = ndctl_region_get_resource(asked->region);

	snprintf(attribute, sizeof(attribute), "%s/resource", asked->path);
	if (found == 0 || found == ULLONG_MAX)
		return pmem2_ndctl_no_value(asked->why, attribute);

	*address = found;
	return 0;
}

static struct daxctl_dev *dax_of(struct ndctl_region *region, dev_t device)
{
	struct ndctl_dax *dax;
	struct daxctl_dev *dev;

	ndctl_dax_foreach (region, dax) {
		struct daxctl_region *dax_region = ndctl_dax_get_daxctl_region(dax);
		if (dax_region == NULL) /* a namespace that is none now */
			continue;

		daxctl_dev_foreach (dax_region, dev)
			if (daxctl_dev_get_major(dev) == (int)major(device) &&
				daxctl_dev_get_minor(dev) == (int)minor(device))
				return dev;
	}

	return NULL;
}

static int extent_of(const struct asked *asked, dev_t device, uint64_t *offset, uint64_t *length)
{
	uint64_t begin;
	int ret = address_of(asked, &begin);

	if (ret != 0)
		return ret;

	struct daxctl_dev *dev = dax_of(asked->region, device);
	if (dev == NULL)
		return pmem2_ndctl_say(asked->why, -ENODEV,
			"libdaxctl does not list device %u:%u in %s", major(device), minor(device),
			asked->path);

	char attribute[256];
	unsigned long long address = daxctl_dev_get_resource(dev);
	unsigned long long size = daxctl_dev_get_size(dev);
	snprintf(attribute, sizeof(attribute), "/sys/bus/dax/devices/%s/resource",
		daxctl_dev_get_devname(dev));
	if (address == 0 || address == ULLONG_MAX)
		return pmem2_ndctl_no_value(asked->why, attribute);
	if (address < begin || address + size > begin + ndctl_region_get_size(asked->region))
		return pmem2_ndctl_say(asked->why, -EPROTO,
			"%s: 0x%llx is not in %s, which begins at 0x%jx", attribute, address,
			asked->path, (uintmax_t)begin);

	*offset = address - begin;
	*length = size;
	return 0;
}

static int dax_extent(const char *region, dev_t dax, uint64_t *offset, uint64_t *length,
	struct pmem2_ndctl_why *why)
{
	struct asked asked;
	int ret = pmem2_ndctl_start(&asked, region, why);

	if (ret != 0)
		return ret;

	ret = extent_of(&asked, dax, offset, length);
	pmem2_ndctl_finish(&asked);
	return ret;
}

/* Has the bus carry out a command; cmd may be NULL, which is how libndctl refuses one. */
static int submit(const struct asked *asked, const char *what, struct ndctl_cmd *cmd)
{
	int ret = cmd != NULL ? ndctl_cmd_submit(cmd) : -ENOTTY;

	if (ret >= 0)
		return 0;

	return pmem2_ndctl_say(asked->why, ret, "/dev/ndctl%u, %s: %s%s",
		ndctl_bus_get_id(ndctl_region_get_bus(asked->region)), what, strerror(-ret),
		ret == -EACCES || ret == -EPERM
			? " (root may, or who has the capability CAP_DAC_OVERRIDE)"
			: "");
}

static int clear_with(const struct asked *asked, struct ndctl_cmd *cap, uint64_t address,
	uint64_t length)
{
	unsigned unit = ndctl_cmd_ars_cap_get_clear_unit(cap);
	if (unit > 1 && (address % unit != 0 || length % unit != 0))
		return pmem2_ndctl_say(asked->why, -EINVAL,
			"the device clears in units of %u bytes, not %ju at 0x%jx", unit,
			(uintmax_t)length, (uintmax_t)address);

	struct ndctl_cmd *command = ndctl_bus_cmd_new_clear_error(address, length, cap);
	int ret = submit(asked, "clear error", command);
	if (ret == 0) {
		uint64_t cleared = ndctl_cmd_clear_error_get_cleared(command);

		if (cleared < length)
			ret = pmem2_ndctl_say(asked->why, -ENXIO,
				"the device cleared %ju of %ju bytes at 0x%jx", (uintmax_t)cleared,
				(uintmax_t)length, (uintmax_t)address);
	}

	if (command != NULL)
		ndctl_cmd_unref(command);
	return ret;
}

static int clear_in(const struct asked *asked, uint64_t offset, uint64_t length)
{
	uint64_t begin;
	int ret = address_of(asked, &begin);

	if (ret != 0)
		return ret;

	struct ndctl_bus *bus = ndctl_region_get_bus(asked->region);
	if (!ndctl_bus_is_cmd_supported(bus, ND_CMD_ARS_CAP) ||
		!ndctl_bus_is_cmd_supported(bus, ND_CMD_CLEAR_ERROR))
		return pmem2_ndctl_say(asked->why, PMEM2_E_NOSUPP,
			"the devices of %s cannot clear bad blocks", ndctl_bus_get_devname(bus));

	/* the capabilities come first: what the device clears at a time is among them */
	struct ndctl_cmd *cap = ndctl_bus_cmd_new_ars_cap(bus, begin + offset, length);
	ret = submit(asked, "ARS capabilities", cap);
	if (ret == 0)
		ret = clear_with(asked, cap, begin + offset, length);

	if (cap != NULL)
		ndctl_cmd_unref(cap);
	return ret;
}

static int clear(const char *region, uint64_t offset, uint64_t length, struct pmem2_ndctl_why *why)
{
	struct asked asked;
	int ret = pmem2_ndctl_start(&asked, region, why);

	if (ret != 0)
		return ret;

	ret = clear_in(&asked, offset, length);
	pmem2_ndctl_finish(&asked);
	return ret;
}

const struct pmem2_ndctl pmem2_ndctl_v1 = {
	.device_id = device_id,
	.shutdown_count = shutdown_count,
	.numa_node = numa_node,
	.dax_extent = dax_extent,
	.clear = clear,
};
