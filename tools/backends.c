/* SPDX-License-Identifier: BSD-3-Clause */
/* backends.c -- pmem2 backends: what was looked for, what was found, and why one is refused. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "conformance.h"
#include "module.h"
#include "powerfail/report.h"
#include "registry_list.h"
#include "tool.h"

/* The variant that the CPU can run; a backend that is not refused has one. */
static const char *best_variant(const struct pmem2_found *found, uint64_t features)
{
	const struct pmem2_variant *const *variant = found->backend->variants;

	while (((*variant)->needs & ~features) != 0)
		variant++;
	return (*variant)->name;
}

/* ---- those that nobody looked for ---- */

/* Whether the file has the symbol of a backend. It is not loaded: that would run code of it. */
static bool is_backend(const char *path)
{
	static const char symbol[] = "pmem2_backend_v1";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool has = false;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		void *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (file != MAP_FAILED) {
			has = memmem(file, (size_t)st.st_size, symbol, sizeof(symbol)) != NULL;
			munmap(file, (size_t)st.st_size);
		}
	}
	if (fd >= 0)
		close(fd);
	return has;
}

/* How the plug-ins of the directory are printed that the registry has not. */
struct others {
	const char *indent; /* NULL: in JSON */
};

static void print_other(void *arg, const char *name)
{
	const struct pmem2_registry *registry = pmem2_registry();
	const struct others *others = arg;
	char path[PATH_MAX];

	for (size_t i = 0; i < registry->count; i++)
		if (strcmp(registry->found[i].name, name) == 0)
			return;
	snprintf(path, sizeof(path), "%s/%s.so", pmem2_module_dir(), name);
	if (!is_backend(path))
		return;
	if (others->indent != NULL) {
		printf("%s%-13s %s, chosen only when PMEM2_BACKEND names it\n", others->indent,
			name, path);
		return;
	}
	fputs(",\n    {\"name\": ", stdout);
	pmem2_pf_json_string(name, stdout);
	fputs(", \"file\": ", stdout);
	pmem2_pf_json_string(path, stdout);
	fputs(", \"only_when_named\": true}", stdout);
}

/* ---- for people ---- */

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
	struct others others = {indent};

	for (size_t i = 0; i < registry->count; i++) {
		const struct pmem2_found *found = &registry->found[i];

		printf("%s%-13s ", indent, found->name);
		if (found->refusal[0] != '\0')
			printf("refused: %s\n", found->refusal);
		else
			print_origin(registry, found);
	}
	pmem2_module_list(print_other, &others);
}

/* ---- for programs ---- */

static void print_json(const struct pmem2_registry *registry, const struct pmem2_found *found)
{
	fputs("    {\"name\": ", stdout);
	pmem2_pf_json_string(found->name, stdout);
	if (found->builtin) {
		fputs(", \"builtin\": true", stdout);
	} else {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s.so", pmem2_module_dir(), found->name);
		fputs(", \"file\": ", stdout);
		pmem2_pf_json_string(path, stdout);
	}
	if (found->refusal[0] != '\0') {
		fputs(", \"refused\": ", stdout);
		pmem2_pf_json_string(found->refusal, stdout);
	} else {
		fputs(", \"variant\": ", stdout);
		pmem2_pf_json_string(best_variant(found, registry->cpu.features), stdout);
	}
	printf(", \"named\": %s}", found->named ? "true" : "false");
}

void tool_list_backends_json(void)
{
	const struct pmem2_registry *registry = pmem2_registry();
	struct others others = {NULL};

	puts("[");
	for (size_t i = 0; i < registry->count; i++) {
		fputs(i > 0 ? ",\n" : "", stdout);
		print_json(registry, &registry->found[i]);
	}
	pmem2_module_list(print_other, &others);
	fputs("\n  ]", stdout);
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
	struct args args;

	if (argc == 3 && strcmp(argv[1], "--test") == 0)
		return conformance_test(argv[2]);

	int status = args_read(&args, argc, argv);
	if (status != TOOL_OK)
		return status;
	if (args.help)
		return tool_help();
	if (args.count > 0) {
		fprintf(stderr, "pmem2: backends takes no argument but --test NAME\n");
		return TOOL_MISUSED;
	}

	if (args.json) {
		fputs("{\n  \"backends\": ", stdout);
		tool_list_backends_json();
		puts("\n}");
	} else {
		tool_list_backends("");
	}
	return tool_refuse_backends();
}
