/* SPDX-License-Identifier: BSD-3-Clause */
/* device.c -- which NVDIMMs a source lies on, and who can be asked about them. */
#include "device.h"

#include <dirent.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error.h"
#include "module.h"
#include "nd_region.h"
#include "small_file.h"

#ifndef BCACHEFS_MAGIC
#define BCACHEFS_MAGIC 0xca451a4e
#endif

int pmem2_device_unreadable(const char *path, int error)
{
	const char *hint = error == EACCES || error == EPERM
	                           ? " (root may, or who has the capability CAP_DAC_READ_SEARCH)"
	                           : "";

	return pmem2_err(-error, "read %s: %s%s", path, strerror(error), hint);
}

int pmem2_device_region(const struct pmem2_source *src, char region[PATH_MAX])
{
	int ret = pmem2_nd_region_below(src, region);

	if (ret == 0 || ret == -ENODEV)
		return ret;

	char path[PATH_MAX];
	pmem2_sysfs_path(path, pmem2_nd_region_class(src), pmem2_source_device(src), "");
	if (ret == -ENOENT)
		return pmem2_err(PMEM2_E_NOSUPP,
			"whether the source is on an NVDIMM cannot be told: there is no %s (is sysfs "
			"mounted here?)",
			path);

	return pmem2_device_unreadable(path, -ret);
}

/* Of one device below another; on the heap, since layers lie on layers. */
struct layer {
	char directory[PATH_MAX];
	char entry[PATH_MAX + NAME_MAX + sizeof("//dev")];
	char text[64];
	char region[PATH_MAX];
};

static int nvdimm_below(dev_t device);

/* Whether the block device of a directory is on an NVDIMM, or stands on one that is; or -errno. */
static int is_nvdimm(struct layer *layer)
{
	unsigned major_number;
	unsigned minor_number;
	int ret = pmem2_small_file_read(layer->entry, layer->text, sizeof(layer->text));

	if (ret != 0)
		return ret;
	if (sscanf(layer->text, "%u:%u", &major_number, &minor_number) != 2)
		return -EINVAL;

	dev_t device = makedev(major_number, minor_number);
	ret = pmem2_nd_region_of(PMEM2_SYSFS_BLOCK, device, layer->region);
	if (ret == -ENODEV || ret == -ENOENT)
		return nvdimm_below(device);
	return ret == 0 ? 1 : ret;
}

/* Whether a device-mapper or RAID device stands on one that is on an NVDIMM; or -errno. */
static int nvdimm_below(dev_t device)
{
	struct layer *layer = malloc(sizeof(*layer));
	if (layer == NULL)
		return -ENOMEM;

	/* the layers are the disk's, which is a partition's parent */
	pmem2_sysfs_path(layer->directory, PMEM2_SYSFS_BLOCK, device, "partition");
	const char *slaves = access(layer->directory, F_OK) == 0 ? "../slaves" : "slaves";
	pmem2_sysfs_path(layer->directory, PMEM2_SYSFS_BLOCK, device, slaves);

	int ret = 0;
	DIR *directory = opendir(layer->directory);
	if (directory == NULL) {
		ret = errno == ENOENT ? 0 : -errno;
		goto release;
	}

	for (struct dirent *slave; ret == 0 && (slave = readdir(directory)) != NULL;) {
		if (slave->d_name[0] == '.')
			continue;
		snprintf(layer->entry, sizeof(layer->entry), "%s/%s/dev", layer->directory,
			slave->d_name);
		ret = is_nvdimm(layer);
	}
	closedir(directory);

release:
	free(layer);
	return ret;
}

/* Whether the machine has any nd region; or -errno: -ENOENT without a sysfs. */
static int any_region(void)
{
	char path[PATH_MAX];
	int found = 0;

	snprintf(path, sizeof(path), "%s/bus/nd/devices", pmem2_sysfs_root);
	DIR *directory = opendir(path);
	if (directory == NULL && errno == ENOENT) {
		snprintf(path, sizeof(path), "%s/dev", pmem2_sysfs_root);
		return access(path, F_OK) == 0 ? 0 : -errno;
	}
	if (directory == NULL)
		return -errno;

	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		found = found || strncmp(entry->d_name, "region", 6) == 0;

	closedir(directory);
	return found;
}

/* Whether the file system stands on disks of this machine, though no device of the file is known. */
static bool hides_disks(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0) /* not to know is as bad */
		return true;

	switch ((unsigned)fs.f_type) {
	case BTRFS_SUPER_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
	case BCACHEFS_MAGIC:
	case XFS_SUPER_MAGIC: /* the realtime device */
		return true;
	default:
		return false;
	}
}

int pmem2_device_rule_out(const struct pmem2_source *src)
{
	if (src->type == PMEM2_SOURCE_DEVDAX)
		return pmem2_err(PMEM2_E_NOSUPP,
			"the device is in no nd region, which would list its bad blocks");

	dev_t device = pmem2_source_device(src);
	int ret = 0;
	if (major(device) != 0)
		ret = nvdimm_below(device);
	else if (hides_disks(src->fd))
		ret = any_region();

	if (ret == -ENOENT)
		return pmem2_err(PMEM2_E_NOSUPP,
			"whether the source is on an NVDIMM cannot be told: there is no %s/dev (is "
			"sysfs mounted here?)",
			pmem2_sysfs_root);
	if (ret < 0)
		return pmem2_err(ret,
			"what block device %u:%u stands on could not be read from %s: %s",
			major(device), minor(device), pmem2_sysfs_root, strerror(-ret));
	if (ret > 0)
		return pmem2_err(PMEM2_E_NOSUPP,
			"the file may be on an NVDIMM, but a layer between (device-mapper, several "
			"devices, a union) does not tell where");
	return 0;
}

int pmem2_device_ndctl(const struct pmem2_ndctl **ndctl)
{
	static _Atomic(const struct pmem2_ndctl *) loaded;
	const struct pmem2_ndctl *module = atomic_load(&loaded);

	/* two threads may both come here: they get the same address */
	if (module == NULL) {
		static const struct pmem2_module_kind kind = {
			.name = "ndctl module",
			.symbol = "pmem2_ndctl_v1",
			.size = sizeof(struct pmem2_ndctl),
		};
		struct pmem2_module_why why;

		module = pmem2_module_symbol("ndctl", &kind, &why);
		/* NOSUPP would say that there is nothing to ask, and programs go on */
		if (module == NULL && why.passing != 0)
			return pmem2_err(-why.passing,
				"NVDIMMs are asked through the module ndctl.so, which could not be "
				"loaded: %s; try again when that has passed",
				why.text);
		if (module == NULL)
			return pmem2_err(PMEM2_E_NOSUPP,
				"NVDIMMs are asked through the module ndctl.so "
				"(Debian package libpmem2-ndctl), which is not there: %s",
				why.text);
		atomic_store(&loaded, module);
	}

	*ndctl = module;
	return 0;
}

int pmem2_device_answer(int ret, const struct pmem2_ndctl_why *why)
{
	return ret == 0 ? 0 : pmem2_err(ret, "%s", why->text);
}

/* The region of a source, and the module that is asked about it; absent is the code for one that is not on an NVDIMM. */
static int find(const struct pmem2_source *src, int absent, char region[PATH_MAX],
	const struct pmem2_ndctl **ndctl)
{
	*ndctl = NULL; /* no error is 0, but gcc -O3 thinks that one may be */
	if (src->type == PMEM2_SOURCE_ANON)
		return pmem2_err(PMEM2_E_NOSUPP, "anonymous memory is not on an NVDIMM");

	int ret = pmem2_device_region(src, region);
	if (ret == -ENODEV && src->type == PMEM2_SOURCE_FILE &&
		pmem2_device_rule_out(src) == PMEM2_E_NOSUPP)
		return absent; /* the sentence is that one's: there may be an NVDIMM */
	if (ret == -ENODEV && src->type == PMEM2_SOURCE_FILE &&
		major(pmem2_source_device(src)) == 0)
		return pmem2_err(absent,
			"the source is not on an NVDIMM: no block device below it is known");
	if (ret == -ENODEV)
		return pmem2_err(absent, "the source is not on an NVDIMM: %s %u:%u is in no region",
			src->type == PMEM2_SOURCE_DEVDAX ? "character device" : "block device",
			major(src->device), minor(src->device));
	if (ret != 0)
		return ret;

	return pmem2_device_ndctl(ndctl);
}

int pmem2_source_device_id(const struct pmem2_source *src, char *id, size_t *len)
{
	char region[PATH_MAX];
	const struct pmem2_ndctl *ndctl;
	int ret = find(src, PMEM2_E_NOSUPP, region, &ndctl);

	if (ret != 0)
		return ret;

	/* the buffer stays untouched if it is too small, or a DIMM fails: so the length comes first */
	struct pmem2_ndctl_why why;
	size_t needed;
	ret = pmem2_device_answer(ndctl->device_id(region, NULL, 0, &needed, &why), &why);
	if (ret != 0)
		return ret;

	if (id == NULL) {
		*len = needed;
		return 0;
	}
	if (*len < needed)
		return pmem2_err(PMEM2_E_BUFFER_TOO_SMALL,
			"the device id needs %zu bytes, the buffer has %zu", needed, *len);

	char *whole = malloc(needed);
	size_t now_needed;
	if (whole == NULL)
		return pmem2_err_memory("malloc");

	ret = pmem2_device_answer(ndctl->device_id(region, whole, needed, &now_needed, &why), &why);
	if (ret == 0 && now_needed != needed)
		ret = pmem2_err(-EAGAIN, "the DIMMs of %s were changed meanwhile", region);
	if (ret == 0)
		memcpy(id, whole, needed);
	free(whole);

	return ret;
}

int pmem2_source_device_usc(const struct pmem2_source *src, uint64_t *usc)
{
	char region[PATH_MAX];
	const struct pmem2_ndctl *ndctl;
	int ret = find(src, PMEM2_E_NOSUPP, region, &ndctl);

	if (ret != 0)
		return ret;

	struct pmem2_ndctl_why why;
	return pmem2_device_answer(ndctl->shutdown_count(region, usc, &why), &why);
}

int pmem2_source_numa_node(const struct pmem2_source *src, int *numa_node)
{
	char region[PATH_MAX];
	const struct pmem2_ndctl *ndctl;
	int ret = find(src, PMEM2_E_DAX_REGION_NOT_FOUND, region, &ndctl);

	if (ret != 0)
		return ret;

	struct pmem2_ndctl_why why;
	return pmem2_device_answer(ndctl->numa_node(region, numa_node, &why), &why);
}
