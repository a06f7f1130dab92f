/* SPDX-License-Identifier: BSD-3-Clause */
/* info.c -- pmem2 info: the machine; or what a mapping of a file would be, and what decided it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map.h"
#include "sysfs.h"
#include "tool.h"

/* ---- the machine ---- */

static void print_cpu(const struct pmem2_cpu *cpu)
{
	char features[256];

	pmem2_cpu_feature_names(cpu->features, features, sizeof(features));
	printf("cpu:         %s", cpu->vendor[0] != '\0' ? cpu->vendor : "of no named vendor");
	if (cpu->family != 0)
		printf(", family %u", cpu->family);
	printf(", flushes %zu bytes at once\n", cpu->line_size);
	printf("features:    %s\n", features[0] != '\0' ? features : "none that matter here");
}

static void print_choices(const struct pmem2_registry *registry)
{
	static const char *const uses[] = {"BYTE", "CACHE_LINE", "PAGE", "anonymous"};

	printf("choice:\n");
	for (size_t use = 0; use < sizeof(uses) / sizeof(uses[0]); use++) {
		const struct pmem2_variant *variant = registry->choice[use][0].variant;

		printf("  %-13s %s\n", uses[use], variant != NULL ? variant->name : "none");
	}
}

static void print_environment(void)
{
	static const char *const variables[] = {"PMEM2_BACKEND", "PMEM2_BACKEND_DIR",
		"PMEM2_FORCE_GRANULARITY", "PMEM2_NT_EVICTS", "PMEM_NO_CLWB", "PMEM_NO_CLFLUSHOPT",
		"PMEM_NO_MOVNT", "PMEM_MOVNT_THRESHOLD", "PMEM_AVX", "PMEM_AVX512F",
		"PMEM_MOVDIR64B", "PMEM_NO_GENERIC_MEMCPY"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);

		if (value != NULL)
			printf("environment: %s=%s\n", variables[i], value);
	}
}

static int print_machine(void)
{
	const struct pmem2_registry *registry = pmem2_registry();

	print_cpu(&registry->cpu);
	print_environment();
	printf("backends:\n");
	tool_list_backends("  ");
	print_choices(registry);
	return tool_refuse_backends();
}

/* ---- a file ---- */

static void print_region(const struct pmem2_source *src)
{
	char region[PATH_MAX], path[PATH_MAX + 32], domain[64];
	enum pmem2_sysfs_class class =
		src->type == PMEM2_SOURCE_DEVDAX ? PMEM2_SYSFS_CHAR : PMEM2_SYSFS_BLOCK;

	if (pmem2_sysfs_region(region, class, pmem2_source_device(src)) != 0) {
		printf("nd region:   none\n");
		return;
	}
	snprintf(path, sizeof(path), "%s/persistence_domain", region);
	if (pmem2_sysfs_read(path, domain, sizeof(domain)) != 0)
		strcpy(domain, "not told");
	printf("nd region:   %s, persistence_domain: %s\n", region, domain);
}

static int fail(const char *path, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "pmem2: %s: %s\n", path, why);
	return TOOL_REFUSED;
}

/* Maps all of it, as any program would that takes what it gets; reading is enough to know. */
static int print_map(const char *path, const struct pmem2_source *src)
{
	struct pmem2_config *cfg = NULL;
	struct pmem2_map *map = NULL;
	char step[256];

	if (pmem2_config_new(&cfg) != 0 ||
		pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_config_set_protection(cfg, PMEM2_PROT_READ) != 0 ||
		pmem2_map_new(&map, cfg, src) != 0) {
		pmem2_config_delete(&cfg);
		return fail(path, pmem2_errormsg());
	}

	pmem2_granularity_explain(&map->verdict, step, sizeof(step));
	printf("granularity: %s\n", pmem2_granularity_name(pmem2_map_get_store_granularity(map)));
	printf("variant:     %s\n", pmem2_map_get_backend_name(map));
	printf("decided by:  %s\n", step);
	pmem2_map_delete(&map);
	pmem2_config_delete(&cfg);
	return TOOL_OK;
}

static int print_file(const char *path)
{
	struct pmem2_source *src = NULL;
	size_t size, alignment;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return fail(path, strerror(errno));
	if (pmem2_source_from_fd(&src, fd) != 0 || pmem2_source_size(src, &size) != 0 ||
		pmem2_source_alignment(src, &alignment) != 0) {
		status = fail(path, pmem2_errormsg());
	} else {
		printf("file:        %s\n", path);
		printf("type:        %s\n",
			src->type == PMEM2_SOURCE_DEVDAX ? "Device DAX" : "regular file");
		printf("size:        %zu\n", size);
		printf("alignment:   %zu\n", alignment);
		print_region(src);
		status = print_map(path, src);
	}
	pmem2_source_delete(&src);
	close(fd);
	return status;
}

int tool_info(int argc, char *argv[])
{
	if (argc > 1) {
		fprintf(stderr, "pmem2: info takes one FILE, or none\n");
		return TOOL_MISUSED;
	}
	return argc == 1 ? print_file(argv[0]) : print_machine();
}
