/* SPDX-License-Identifier: BSD-3-Clause */
/* explain_place.c -- on what file system, device and nd region a source is. */
#include "explain_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "file_system.h"
#include "granularity.h"
#include "nd_region.h"
#include "small_file.h"
#include "sysfs.h"

#define add pmem2_explanation_add
#define has pmem2_explanation_has

/* What the block device below can; false: sysfs does not know it. */
static bool ask_device(dev_t device, bool *dax, char path[PATH_MAX])
{
	char text[8];

	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, device, "partition");
	const char *queue = access(path, F_OK) == 0 ? "../queue/dax" : "queue/dax";
	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, device, queue);
	*dax = pmem2_small_file_read(path, text, sizeof(text)) == 0 && strcmp(text, "1") == 0;
	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, device, "");
	return access(path, F_OK) == 0;
}

/* Why a file on a block device that is capable of it is not mapped directly. */
static void about_dax(struct pmem2_explanation *e, const struct pmem2_file_system *fs)
{
	if (fs->dax == PMEM2_FILE_DAX_ON)
		add(e, PMEM2_REASON_DEVICE_WITHOUT_SYNC, 0, NULL,
			"the file is mapped directly (DAX), but its device needs more than flushes of "
			"the CPU to be durable, as virtio-pmem does");
	else if (pmem2_file_system_has(fs, "dax=inode") || pmem2_file_system_has(fs, "dax") ||
		 pmem2_file_system_has(fs, "dax=always"))
		add(e, PMEM2_REASON_FILE_WITHOUT_DAX, 0, NULL,
			"the mount allows DAX, but this file does not have it: its flag is off (set it "
			"with xfs_io -c 'chattr +x' FILE, then close the file in all programs), or it "
			"was opened before the flag was set");
	else
		add(e, PMEM2_REASON_MOUNT_WITHOUT_DAX, 0, fs->options,
			"the device is capable of DAX, but the file system is mounted without it "
			"(options: %s): mount it with -o dax=always",
			fs->options[0] != '\0' ? fs->options : "not told");
}

static void about_device(struct pmem2_explanation *e, const struct pmem2_source *src,
	const struct pmem2_file_system *fs, bool refused)
{
	dev_t device = pmem2_source_device(src);
	char path[PATH_MAX], number[32];
	bool dax;

	if (fs->is_union || fs->in_memory)
		return;
	if (major(device) == 0) {
		add(e, PMEM2_REASON_NO_BLOCK_DEVICE, 0, NULL,
			"no single block device is known to be below the file: a network, a program "
			"or several devices may be");
		return;
	}

	snprintf(number, sizeof(number), "%u:%u", major(device), minor(device));
	if (!ask_device(device, &dax, path))
		add(e, PMEM2_REASON_NO_SYSFS, 0, path,
			"nothing tells what block device %s is: there is no %s (is sysfs mounted, and "
			"shown in this container?)",
			number, path);
	else if (refused && !dax)
		add(e, PMEM2_REASON_DEVICE_WITHOUT_DAX, 0, number,
			"the block device %s is not capable of DAX: it is no persistent memory, or a "
			"namespace in another mode than fsdax",
			number);
	else if (refused)
		about_dax(e, fs);
}

void pmem2_explain_file(struct pmem2_explanation *e, const struct pmem2_source *src, bool refused)
{
	struct pmem2_file_system fs;

	if (src->type != PMEM2_SOURCE_FILE)
		return;
	pmem2_file_system_read(src, &fs);
	add(e, PMEM2_REASON_FILE_SYSTEM, 0, fs.name, "the file system is %s",
		fs.name[0] != '\0' ? fs.name : "not told");
	if (fs.is_union)
		add(e, PMEM2_REASON_OVERLAY, 0, NULL,
			"an overlay passes no DAX on, and does not tell on which device the file is: use "
			"a directory that is mounted by itself (a volume)");
	if (fs.in_memory)
		add(e, PMEM2_REASON_IN_MEMORY, 0, NULL,
			"the file is in memory alone: nothing of it outlives a power cut, or a reboot");
	if (src->unit != 0) {
		char unit[24];

		snprintf(unit, sizeof(unit), "%zu", src->unit);
		add(e, PMEM2_REASON_HUGE_PAGES, 0, unit,
			"offset, length and place of a mapping are multiples of its huge pages, %s "
			"bytes",
			unit);
	}
	if (fs.idle_fsync && !fs.in_memory)
		add(e, PMEM2_REASON_FSYNC_DOES_NOTHING, 0, fs.name,
			"msync(2) succeeds on %s and makes nothing durable: PAGE is worth nothing "
			"here, and pmem2_deep_flush neither",
			fs.name);
	about_device(e, src, &fs, refused);
}

void pmem2_explain_region(struct pmem2_explanation *e, const struct pmem2_source *src)
{
	char region[PATH_MAX], domain[64];
	int ret = pmem2_nd_region_below(src, region);

	if (ret == -ENODEV && !has(e, PMEM2_REASON_NO_SYSFS))
		add(e, PMEM2_REASON_NO_REGION, 0, NULL,
			"the device below is in no nd region, as an NVDIMM would be");
	else if (ret != 0 && ret != -ENODEV)
		add(e, PMEM2_REASON_NO_REGION, -ret, NULL,
			"whether an nd region is below could not be read: %s", strerror(-ret));
	if (ret != 0)
		return;

	add(e, PMEM2_REASON_REGION, 0, region, "the nd region is %s", region);
	pmem2_nd_region_attribute(region, "persistence_domain", domain);
	if (strcmp(domain, "cpu_cache") == 0)
		add(e, PMEM2_REASON_CPU_CACHE, 0, domain,
			"the nd region's persistence_domain is cpu_cache: the caches survive a power cut (eADR)");
	else if (strcmp(domain, "memory_controller") == 0)
		add(e, PMEM2_REASON_MEMORY_CONTROLLER, 0, domain,
			"the nd region's persistence_domain is memory_controller: what was flushed from the caches "
			"survives a power cut (ADR)");
	else
		add(e, PMEM2_REASON_DOMAIN_NOT_TOLD, 0, domain,
			"the nd region's persistence_domain is \"%s\", which promises nothing for the caches",
			domain);
}
