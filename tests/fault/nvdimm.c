/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * nvdimm.c -- the questions about NVDIMMs, and Device DAX. sysfs and libndctl are the test's own, and a
 * file stands in for the device; all between them is the library's and ndctl.so's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "faults.h"
#include "inject.h"
#include "map.h"
#include "real_file.h"
#include "registry.h"
#include "registry_list.h"

enum {
	DAX_SIZE = 65536,
};

static struct pmem2_source dax, file;
static struct pmem2_badblock_context *ctx, *bad;
static struct pmem2_config *cfg;
static struct pmem2_map *map;
static char buffer[10000];

static int device_id(void)
{
	char id[32] = "?";
	size_t length = sizeof(id);
	int ret = pmem2_source_device_id(&dax, id, &length);

	MUST(strcmp(id, ret == 0 ? "8680-18680-22" : "?") == 0 && length == sizeof(id));
	return ret;
}

static int device_usc(void)
{
	uint64_t count = 77;
	int ret = pmem2_source_device_usc(&dax, &count);

	MUST(count == (ret == 0 ? 85 : 77));
	return ret;
}

static int numa_node(void)
{
	int node = 77;
	int ret = pmem2_source_numa_node(&dax, &node);

	MUST(node == (ret == 0 ? 0 : 77));
	return ret;
}

static int source_size(void)
{
	size_t size = 77;
	int ret = pmem2_source_size(&dax, &size);

	MUST(size == (ret == 0 ? DAX_SIZE : 77));
	return ret;
}

static int source_alignment(void)
{
	size_t alignment = 77;
	int ret = pmem2_source_alignment(&dax, &alignment);

	MUST(alignment == (ret == 0 ? 4096 : 77));
	return ret;
}

static int context_of_dax(void)
{
	int ret = pmem2_badblock_context_new(&bad, &dax);

	MUST((ret == 0) == (bad != NULL));
	return ret;
}

static int context_of_file(void)
{
	int ret = pmem2_badblock_context_new(&bad, &file);

	MUST((ret == 0) == (bad != NULL));
	return ret;
}

static void drop_context(void)
{
	pmem2_badblock_context_delete(&bad);
}

static int clear(void)
{
	const struct pmem2_badblock bb = {0, 4096};

	return pmem2_badblock_clear(ctx, &bb);
}

static int read_dax(void)
{
	return pmem2_source_pread_mcsafe(&dax, buffer, sizeof(buffer), 100);
}

static int write_dax(void)
{
	return pmem2_source_pwrite_mcsafe(&dax, buffer, sizeof(buffer), 100);
}

static int map_dax(void)
{
	int ret = pmem2_map_new(&map, cfg, &dax);

	MUST((ret == 0) == (map != NULL));
	return ret;
}

static void unmap_dax(void)
{
	MUST(pmem2_map_delete(&map) == 0);
}

static void flush_nothing(const void *memory, size_t size)
{
	(void)memory, (void)size;
}

static int deep_flush(void)
{
	static const struct pmem2_variant variant = {.name = "none", .deep_persist = flush_nothing};
	static const struct pmem2_choice choice = {.variant = &variant};
	struct pmem2_map on_dax = {.address = buffer,
		.length = 4096,
		.choice = &choice,
		.device = FAKE_DAX,
		.type = PMEM2_SOURCE_DEVDAX};

	return pmem2_deep_flush(&on_dax, buffer, 100);
}

static const struct scenario scenarios[] = {
	{"pmem2_source_device_id, on an NVDIMM", device_id, NULL, NULL},
	{"pmem2_source_device_usc, on an NVDIMM", device_usc, NULL, NULL},
	{"pmem2_source_numa_node, on an NVDIMM", numa_node, NULL, NULL},
	{"pmem2_source_size, Device DAX", source_size, NULL, NULL},
	{"pmem2_source_alignment, Device DAX", source_alignment, NULL, NULL},
	{"pmem2_badblock_context_new, Device DAX", context_of_dax, drop_context, NULL},
	{"pmem2_source_pread_mcsafe, Device DAX", read_dax, NULL, NULL},
	{"pmem2_deep_flush, Device DAX", deep_flush, NULL, NULL},
	{NULL, NULL, NULL, NULL},
};

/* which need a backend for cache lines */
static const struct scenario of_lines[] = {
	{"pmem2_badblock_clear, Device DAX", clear, NULL, NULL},
	{"pmem2_source_pwrite_mcsafe, Device DAX", write_dax, NULL, NULL},
	{"pmem2_map_new, Device DAX", map_dax, unmap_dax, NULL},
	{NULL, NULL, NULL, NULL},
};

/* which need a file system that tells extents */
static const struct scenario of_extents[] = {
	{"pmem2_badblock_context_new, a file on an NVDIMM", context_of_file, drop_context, NULL},
	{NULL, NULL, NULL, NULL},
};

static void make_devices(void)
{
	fake_set_up();
	fake_put(FAKE_REGION "/dax1.1/dax1.0/size", "65536\n");
	fake_put(FAKE_REGION "/dax1.1/dax1.0/align", "4096\n");
	fake_put(FAKE_REGION "/badblocks", "2048 8\n");
	fake_put(FAKE_REGION "/deep_flush", "1\n");
	fake_put(FAKE_REGION "/persistence_domain", "memory_controller\n");
	dax = real_file(FAKE_DAX);
	dax.type = PMEM2_SOURCE_DEVDAX;
	MUST(ftruncate(dax.fd, DAX_SIZE) == 0);
	file = real_file(FAKE_DISK);
	real_write(file.fd, 0, 8);
	MUST(pmem2_config_new(&cfg) == 0);
	MUST(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE) == 0);
}

static size_t faults;

START_TEST(all)
{
	pmem2_registry(); /* the backends are in another directory than the module */
	setenv("PMEM2_BACKEND_DIR", NDCTL_DIR, 1);
	setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
	make_devices();
	faults = faults_in_children("loading of ndctl.so", device_usc);
	faults += faults_run(scenarios);
	MUST(pmem2_badblock_context_new(&ctx, &dax) == 0);
	if (pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE))
		faults += faults_run(of_lines);
	else
		printf("not shown: what needs a backend for cache lines\n");
	if (real_extents())
		faults += faults_run(of_extents);
	else
		printf("not shown: what needs ext4 or XFS\n");

	void *module = dlopen(NDCTL_DIR "/ndctl.so", RTLD_NOW | RTLD_NOLOAD);
	MUST(module != NULL);
	long (*held)(void);
	*(void **)&held = dlsym(module, "fake_ndctl_held");
	MUST(held != NULL && held() == 0);

	pmem2_badblock_context_delete(&ctx);
	pmem2_config_delete(&cfg);
	fake_tear_down();
}
END_TEST

/* fake_sysfs.h asserts as Check does, which wants to be in one of its tests for that */
size_t faults_on_nvdimm(void)
{
	Suite *suite = suite_create("NVDIMM");
	TCase *tc = tcase_create("NVDIMM");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0); /* Meson's is enough */
	tcase_add_test(tc, all);
	suite_add_tcase(suite, tc);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	MUST(srunner_ntests_run(runner) == 1);
	srunner_print(runner, CK_MINIMAL);
	if (srunner_ntests_failed(runner) != 0)
		exit(1);
	srunner_free(runner);
	return faults;
}
