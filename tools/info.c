/* SPDX-License-Identifier: BSD-3-Clause */
/* info.c -- pmem2 info: the machine; or what a mapping of a file would be, and what decided it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "environment.h"
#include "granularity_name.h"
#include "nd_region.h"
#include "powerfail/report.h"
#include "reasons.h"
#include "registry_list.h"
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

static const char *chosen(const struct pmem2_registry *registry, unsigned use)
{
	const struct pmem2_variant *variant = registry->choice[use][0].variant;

	return variant != NULL ? variant->name : "none";
}

/* With PMEM2_BACKEND in error each mapping is refused: nothing is chosen. */
static void print_choices(const struct pmem2_registry *registry)
{
	if (registry->error != 0)
		return;
	printf("choice:\n");
	for (unsigned use = 0; use < PMEM2_USES; use++)
		printf("  %-13s %s\n", pmem2_registry_use_name(use), chosen(registry, use));
}

static void print_machine(const struct pmem2_registry *registry)
{
	print_cpu(&registry->cpu);
	environment_print();
	printf("backends:\n");
	tool_list_backends("  ");
	print_choices(registry);
}

static void print_machine_json(const struct pmem2_registry *registry)
{
	char features[256];

	pmem2_cpu_feature_names(registry->cpu.features, features, sizeof(features));
	fputs("{\n  \"cpu\": {\"vendor\": ", stdout);
	pmem2_pf_json_string(registry->cpu.vendor, stdout);
	printf(", \"family\": %u, \"line_size\": %zu, \"features\": ", registry->cpu.family,
		registry->cpu.line_size);
	pmem2_pf_json_string(features, stdout);
	fputs("},\n  \"environment\": {", stdout);
	environment_print_json();
	fputs("},\n  \"backends\": ", stdout);
	tool_list_backends_json();
	if (registry->error == 0) {
		fputs(",\n  \"choice\": {", stdout);
		for (unsigned use = 0; use < PMEM2_USES; use++) {
			printf("%s\"%s\": ", use > 0 ? ", " : "", pmem2_registry_use_name(use));
			pmem2_pf_json_string(chosen(registry, use), stdout);
		}
		putchar('}');
	}
	puts("\n}");
}

/* ---- a file ---- */

/* A line of what is known of a file; "nd region: none", or in JSON "nd_region": "none". */
static void field(bool json, const char *name, const char *value)
{
	if (!json) {
		printf("%s:%*s%s\n", name, (int)(12 - strlen(name)), "", value);
		return;
	}
	fputs(strcmp(name, "file") == 0 ? "{\n  \"" : ",\n  \"", stdout);
	for (; *name != '\0'; name++)
		putchar(*name == ' ' ? '_' : *name);
	fputs("\": ", stdout);
	pmem2_pf_json_string(value, stdout);
}

static void field_size(bool json, const char *name, size_t value)
{
	if (json)
		printf(",\n  \"%s\": %zu", name, value);
	else
		printf("%s:%*s%zu\n", name, (int)(12 - strlen(name)), "", value);
}

static void print_region(bool json, const struct pmem2_source *src)
{
	char region[PATH_MAX], domain[64];

	if (pmem2_nd_region_below(src, region) != 0) {
		field(json, "nd region", "none");
		return;
	}
	if (pmem2_nd_region_attribute(region, "persistence_domain", domain) != 0)
		strcpy(domain, "not told");
	if (json) {
		field(json, "nd region", region);
		field(json, "persistence domain", domain);
	} else {
		printf("nd region:   %s, persistence_domain: %s\n", region, domain);
	}
}

static int fail(const char *path, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "pmem2: %s: %s\n", path, why);
	return TOOL_REFUSED;
}

/* Has all of it mapped, as any program would that takes what it gets; reading is enough to know. */
static int print_map(bool json, const char *path, const struct pmem2_source *src)
{
	struct pmem2_explanation *why;
	enum pmem2_granularity granularity;

	if (pmem2_source_explain(src, NULL, &why) != 0)
		return fail(path, pmem2_errormsg());

	int ret = pmem2_explanation_granularity(why, &granularity);
	if (ret == 0) {
		field(json, "granularity", pmem2_granularity_name(granularity));
		field(json, "variant", reasons_variant(why));
		field(json, "decided by", reasons_decision(why));
	}
	reasons_print(json, why);
	pmem2_explanation_delete(&why);
	return ret == 0 ? TOOL_OK : fail(path, pmem2_errormsg());
}

static int print_source(bool json, const char *path, const struct pmem2_source *src)
{
	size_t size, alignment;
	int status;

	if (pmem2_source_size(src, &size) != 0 || pmem2_source_alignment(src, &alignment) != 0)
		return fail(path, pmem2_errormsg());
	field(json, "file", path);
	field(json, "type", src->type == PMEM2_SOURCE_DEVDAX ? "Device DAX" : "regular file");
	field_size(json, "size", size);
	field_size(json, "alignment", alignment);
	print_region(json, src);
	status = print_map(json, path, src);
	if (json)
		puts("\n}");
	return status;
}

static int print_file(bool json, const char *path)
{
	struct pmem2_source *src = NULL;
	/* a FIFO would wait for a writer, a terminal become the process's */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int status;

	if (fd < 0)
		return fail(path, strerror(errno));
	if (pmem2_source_from_fd(&src, fd) != 0)
		status = fail(path, pmem2_errormsg());
	else
		status = print_source(json, path, src);
	pmem2_source_delete(&src);
	close(fd);
	return status;
}

int tool_info(int argc, char *argv[])
{
	struct args args;
	int status = args_read(&args, argc, argv);

	if (status != TOOL_OK)
		return status;
	if (args.help)
		return tool_help();
	if (args.count > 1) {
		fprintf(stderr, "pmem2: info takes one FILE, or none\n");
		return TOOL_MISUSED;
	}
	if (args.count == 1)
		return print_file(args.json, args.operand[0]);
	if (args.json)
		print_machine_json(pmem2_registry());
	else
		print_machine(pmem2_registry());
	return tool_refuse_backends();
}
