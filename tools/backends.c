/* SPDX-License-Identifier: BSD-3-Clause */
/* backends.c -- pmem2 backends: what was looked for, what was found, and why one is refused. */
#include <stdio.h>

#include "module.h"
#include "registry.h"
#include "tool.h"

/* The variant that the CPU can run; a backend that is not refused has one. */
static const char *best_variant(const struct pmem2_found *found, uint64_t features)
{
	const struct pmem2_variant *const *variant = found->backend->variants;

	while (((*variant)->needs & ~features) != 0)
		variant++;
	return (*variant)->name;
}

static void print_origin(const struct pmem2_registry *registry, const struct pmem2_found *found)
{
	printf("%-20s ", best_variant(found, registry->cpu.features));
	if (found->builtin)
		printf("built in");
	else
		printf("%s/%s.so", pmem2_module_dir(), found->name);
	printf("%s\n", registry->pinned && !found->named ? ", not named by PMEM2_BACKEND" : "");
}

void tool_list_backends(const char *indent)
{
	const struct pmem2_registry *registry = pmem2_registry();

	for (size_t i = 0; i < registry->count; i++) {
		const struct pmem2_found *found = &registry->found[i];

		printf("%s%-13s ", indent, found->name);
		if (found->refusal[0] != '\0')
			printf("refused: %s\n", found->refusal);
		else
			print_origin(registry, found);
	}
}

int tool_refuse_backends(void)
{
	const struct pmem2_registry *registry = pmem2_registry();

	if (registry->error == 0)
		return TOOL_OK;
	fflush(stdout);
	fprintf(stderr, "pmem2: %s\n", registry->message);
	return TOOL_REFUSED;
}

int tool_backends(int argc, char *argv[])
{
	(void)argv;
	if (argc > 0) {
		fprintf(stderr, "pmem2: backends takes no argument\n");
		return TOOL_MISUSED;
	}

	tool_list_backends("");
	return tool_refuse_backends();
}
