/* SPDX-License-Identifier: BSD-3-Clause */
/* granularity.c -- what a mapping can promise, and which step decided it. */
#include "granularity.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "error.h"
#include "file_system.h"
#include "granularity_name.h"
#include "nd_region.h"
#include "registry.h"

/* PMEM2_FORCE_GRANULARITY, asked each time; what it does not know is ignored. */
bool pmem2_granularity_forced(enum pmem2_granularity *granularity)
{
	const char *value = secure_getenv("PMEM2_FORCE_GRANULARITY");

	return value != NULL && pmem2_granularity_named(value, granularity);
}

/* Who has no descriptor left, and the like, learns nothing: the mapping must not pass for a worse one. */
static int refuse_unread(int ret)
{
	return pmem2_err(ret,
		"the nd region of the source could not be read from %s: %s; try again when that has "
		"passed",
		pmem2_sysfs_root, strerror(-ret));
}

/* The power-fail domain of the memory below, from the source's own region; or -errno. */
static int region_step(const struct pmem2_source *src)
{
	bool devdax = src->type == PMEM2_SOURCE_DEVDAX;
	char region[PATH_MAX];
	char domain[64];
	char provider[64];

	int ret = pmem2_nd_region_below(src, region);
	if (pmem2_err_is_passing(-ret))
		return refuse_unread(ret);
	if (ret != 0)
		return devdax ? PMEM2_STEP_NOT_DURABLE : PMEM2_STEP_NO_REGION;

	ret = pmem2_nd_region_attribute(region, "persistence_domain", domain);
	if (pmem2_err_is_passing(-ret))
		return refuse_unread(ret);
	if (strcmp(domain, "cpu_cache") == 0)
		return PMEM2_STEP_EADR;
	if (strcmp(domain, "memory_controller") == 0)
		return PMEM2_STEP_ADR;
	if (!devdax)
		return PMEM2_STEP_NO_REGION;

	/* the driver of Device DAX grants MAP_SYNC to all, also where the host's page cache is
	 * below: who does not say what it is could be that */
	ret = pmem2_nd_region_attribute(region, "../provider", provider);
	if (pmem2_err_is_passing(-ret))
		return refuse_unread(ret);
	return provider[0] == '\0' || strcmp(provider, "virtio-pmem") == 0 ? PMEM2_STEP_NOT_DURABLE
	                                                                   : PMEM2_STEP_NO_REGION;
}

static int judge_hardware(const struct pmem2_source *src, bool synchronous,
	struct pmem2_verdict *verdict)
{
	if (pmem2_granularity_forced(&verdict->granularity)) {
		verdict->step = PMEM2_STEP_FORCED;
		return 0;
	}
	if (!synchronous) {
		verdict->step = PMEM2_STEP_NO_SYNC;
		verdict->granularity = PMEM2_GRANULARITY_PAGE;
		return 0;
	}

	int step = region_step(src);
	if (step < 0)
		return step;
	verdict->step = (enum pmem2_step)step;
	verdict->granularity = verdict->step == PMEM2_STEP_EADR ? PMEM2_GRANULARITY_BYTE
	                                                        : PMEM2_GRANULARITY_CACHE_LINE;
	return 0;
}

/* No durability comes of an msync(2) that does nothing. */
static int refuse_idle_fsync(const struct pmem2_file_system *fs)
{
	return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"%s maps persistent memory, but its msync(2) writes nothing, so PAGE would not be "
		"durable: let a CPU backend serve it, or use another file system",
		fs->name);
}

static int refuse_devdax(const struct pmem2_source *src, const struct pmem2_verdict *verdict)
{
	char path[PATH_MAX];

	pmem2_sysfs_path(path, PMEM2_SYSFS_CHAR, src->device, "");
	if (verdict->step == PMEM2_STEP_NOT_DURABLE)
		return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
			"the device %s is in no nd region of an NVDIMM: nothing says that its "
			"memory survives a power cut (PMEM2_FORCE_GRANULARITY overrules)",
			path);

	return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"the device %s cannot be made durable by pages: Device DAX knows no msync(2)",
		path);
}

int pmem2_granularity_judge(const struct pmem2_source *src, bool shared, bool synchronous,
	int sync_errno, struct pmem2_verdict *verdict)
{
	*verdict = (struct pmem2_verdict){
		.granularity = PMEM2_GRANULARITY_BYTE,
		.step = PMEM2_STEP_VOLATILE,
		.sync_errno = sync_errno,
	};
	if (src->type == PMEM2_SOURCE_ANON || !shared)
		return 0;

	verdict->durable = true;
	int ret = judge_hardware(src, synchronous, verdict);
	if (ret != 0)
		return ret;

	if (src->type == PMEM2_SOURCE_DEVDAX) {
		if (verdict->step == PMEM2_STEP_NOT_DURABLE ||
			verdict->granularity == PMEM2_GRANULARITY_PAGE)
			return refuse_devdax(src, verdict);
		return 0;
	}

	/* the kernel's msync(2) makes any file durable, whatever the CPU lacks; that a backend could
	 * not be looked for, or PMEM2_BACKEND is in error, is for the pick to tell */
	if (verdict->granularity != PMEM2_GRANULARITY_PAGE &&
		pmem2_registry_lacks(verdict->granularity) &&
		(verdict->step != PMEM2_STEP_FORCED || pmem2_registry_pinned())) {
		verdict->granularity = PMEM2_GRANULARITY_PAGE;
		verdict->step = PMEM2_STEP_NO_BACKEND;
	}

	/* only what maps persistent memory is asked: tmpfs and the like promise nothing anyway */
	struct pmem2_file_system fs;
	if (!synchronous || verdict->granularity != PMEM2_GRANULARITY_PAGE)
		return 0;
	pmem2_file_system_read(src, &fs);
	return fs.idle_fsync && !fs.in_memory ? refuse_idle_fsync(&fs) : 0;
}

void pmem2_granularity_explain(const struct pmem2_verdict *verdict, char *text, size_t size)
{
	static const char *const words[] = {
		[PMEM2_STEP_VOLATILE] =
			"anonymous or private memory, no store outlives the process",
		[PMEM2_STEP_FORCED] = "PMEM2_FORCE_GRANULARITY says so",
		[PMEM2_STEP_NO_SYNC] = "MAP_SYNC was refused",
		[PMEM2_STEP_NO_REGION] = "MAP_SYNC was granted, no nd region says more",
		[PMEM2_STEP_EADR] = "the nd region's persistence_domain is cpu_cache",
		[PMEM2_STEP_ADR] = "the nd region's persistence_domain is memory_controller",
		[PMEM2_STEP_NO_BACKEND] = "no CPU backend can be used, msync(2) can",
		[PMEM2_STEP_NOT_DURABLE] = "the device is in no nd region",
		[PMEM2_STEP_CALLER] = "the caller of pmem2_map_from_existing said so",
	};

	if (verdict->step == PMEM2_STEP_NO_SYNC) {
		snprintf(text, size, "%s: %s (%s)", words[verdict->step],
			strerror(verdict->sync_errno),
			verdict->sync_errno == EINVAL
				? "the kernel does not know it"
				: "the file is not mapped directly from persistent memory");
	} else {
		snprintf(text, size, "%s", words[verdict->step]);
	}
}

static void add_file_system(const struct pmem2_source *src, char *text, size_t size)
{
	struct statfs status;
	char name[32];

	if (src->type != PMEM2_SOURCE_FILE || fstatfs(src->fd, &status) != 0)
		return;
	pmem2_err_append(text, size, "; file system: %s",
		pmem2_file_system_name((unsigned long)status.f_type, name, sizeof(name)));
}

static void add_region(const struct pmem2_source *src, char *text, size_t size)
{
	char region[PATH_MAX];
	char domain[64];

	if (pmem2_nd_region_below(src, region) != 0) {
		pmem2_err_append(text, size, "; nd region: none");
		return;
	}

	pmem2_nd_region_attribute(region, "persistence_domain", domain);
	pmem2_err_append(text, size, "; nd region: %s, persistence_domain: %s",
		strrchr(region, '/') + 1, domain[0] != '\0' ? domain : "not told");
}

/* What gives the mapping a finer granularity. */
static const char *advice(enum pmem2_step step)
{
	switch (step) {
	case PMEM2_STEP_FORCED:
		return "unset PMEM2_FORCE_GRANULARITY";
	case PMEM2_STEP_NO_BACKEND:
		return "install a backend for this CPU (pmem2 info shows why each cannot be used)";
	case PMEM2_STEP_NO_SYNC:
		return "use a file on persistent memory, in a file system mounted with DAX";
	default:
		return "use a machine whose CPU caches survive a power cut (eADR)";
	}
}

int pmem2_granularity_check(const struct pmem2_verdict *verdict, const struct pmem2_source *src,
	enum pmem2_granularity required)
{
	const char *granularity = pmem2_granularity_name(verdict->granularity);
	char step[320];

	if (verdict->granularity <= required)
		return 0;

	pmem2_granularity_explain(verdict, step, sizeof(step));
	add_file_system(src, step, sizeof(step));
	add_region(src, step, sizeof(step));
	return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"%s is required, %s is what the mapping would have: %s. Require %s, or %s",
		pmem2_granularity_name(required), granularity, step, granularity,
		advice(verdict->step));
}
