/* SPDX-License-Identifier: BSD-3-Clause */
/* registry_list.c -- which backends are looked for, and what is found. */
#include "registry_list.h"

#include <stdio.h>
#include <string.h>

#include "build_config.h"
#include "error.h"
#include "module.h"

static const char *const table[] = {PMEM2_BACKENDS};

enum { TABLE = sizeof(table) / sizeof(table[0]) };

static struct pmem2_found *find_entry(struct pmem2_registry *registry, const char *name)
{
	for (size_t i = 0; i < registry->count; i++)
		if (strcmp(registry->found[i].name, name) == 0)
			return &registry->found[i];

	return NULL;
}

/* ---- what PMEM2_BACKEND says ---- */

/* The first name that cannot be had is reported, with the list of what is there. */
static void refuse_pin(struct pmem2_registry *registry, const char *name, const char *reason)
{
	if (registry->error != 0)
		return;

	registry->error = PMEM2_E_BACKEND;
	snprintf(registry->message, sizeof(registry->message),
		"PMEM2_BACKEND names \"%.64s\": %s; there are", name, reason);
}

static bool is_name(const char *name, size_t length)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return length > 0 && length <= PMEM2_NAME_MAX && strspn(name, letters) >= length;
}

/* Marks one name of the list; one that the build does not know comes first of all. */
static void pin(struct pmem2_registry *registry, const char *name)
{
	struct pmem2_found *found = find_entry(registry, name);

	if (found == NULL) {
		if (registry->count == PMEM2_REGISTRY_MAX) {
			if (registry->beyond[0] == '\0')
				snprintf(registry->beyond, sizeof(registry->beyond), "%s", name);
			return;
		}
		/* keeps the order in which they are named: before the table's, after the others */
		size_t at = registry->count++ - TABLE;
		memmove(&registry->found[at + 1], &registry->found[at],
			(registry->count - 1 - at) * sizeof(registry->found[0]));
		found = &registry->found[at];
		memset(found, 0, sizeof(*found));
		snprintf(found->name, sizeof(found->name), "%s", name);
	}

	found->named = true;
}

static void read_pins(struct pmem2_registry *registry, const char *list)
{
	for (const char *name = list;; name++) {
		size_t length = strcspn(name, ",");
		char copy[PMEM2_NAME_MAX + 1];

		snprintf(copy, sizeof(copy), "%.*s",
			length < PMEM2_NAME_MAX ? (int)length : PMEM2_NAME_MAX, name);
		if (!is_name(name, length))
			refuse_pin(registry, copy,
				"a name is 1 to 64 letters, digits, '_' and '-'");
		else
			pin(registry, copy);

		name += length;
		if (*name == '\0')
			break;
	}
}

void pmem2_registry_list(struct pmem2_registry *registry, const char *pinned)
{
	memset(registry, 0, sizeof(*registry));
	pmem2_cpu_read(&registry->cpu);

	for (size_t i = 0; i < TABLE; i++) {
		struct pmem2_found *found = &registry->found[registry->count++];

		snprintf(found->name, sizeof(found->name), "%s", table[i]);
		found->in_table = true;
	}

	registry->pinned = pinned != NULL;
	if (registry->pinned)
		read_pins(registry, pinned);
}

/* ---- finding one ---- */

static const struct pmem2_backend *find_builtin(const char *name)
{
	for (const struct pmem2_backend *const *b = pmem2_builtin_backends; *b != NULL; b++)
		if (strcmp((*b)->name, name) == 0)
			return *b;

	return NULL;
}

static bool any_can_run(const struct pmem2_backend *backend, uint64_t features)
{
	for (const struct pmem2_variant *const *v = backend->variants; *v != NULL; v++)
		if (((*v)->needs & ~features) == 0)
			return true;

	return false;
}

static void refuse_for_cpu(struct pmem2_found *found, uint64_t features)
{
	uint64_t needs = 0;
	char missing[128];

	/* the last variant is the least demanding one */
	for (const struct pmem2_variant *const *v = found->backend->variants; *v != NULL; v++)
		needs = (*v)->needs;
	pmem2_cpu_feature_names(needs & ~features, missing, sizeof(missing));
	snprintf(found->refusal, sizeof(found->refusal), "this CPU lacks %s", missing);
}

static const struct pmem2_backend *load(struct pmem2_found *found)
{
	static const struct pmem2_module_kind kind = {
		.name = "flush backend",
		.symbol = "pmem2_backend_v1",
		.size = sizeof(struct pmem2_backend),
	};
	struct pmem2_module_why why;
	const struct pmem2_backend *backend = pmem2_module_symbol(found->name, &kind, &why);

	if (backend == NULL) {
		snprintf(found->refusal, sizeof(found->refusal), "%s", why.text);
		found->passing = why.passing;
	}
	return backend;
}

static void find_backend(const struct pmem2_registry *registry, struct pmem2_found *found)
{
	found->passing = 0;
	found->refusal[0] = '\0';
	found->backend = find_builtin(found->name);
	found->builtin = found->backend != NULL;
	if (!found->builtin)
		found->backend = load(found);
	found->judged = found->passing == 0;
	if (found->backend == NULL)
		return;

	if (!pmem2_contract_kept(found->backend, found->name, found->refusal,
		    sizeof(found->refusal))) {
		found->backend = NULL;
		return;
	}

	if (!any_can_run(found->backend, registry->cpu.features))
		refuse_for_cpu(found, registry->cpu.features);
	else if (found->backend->tuning != NULL)
		pmem2_cpu_tune(&registry->cpu, found->backend->tuning);
}

/* ---- what is there ---- */

struct others {
	struct pmem2_registry *registry;
	const char *separator;
};

/* A file that nobody named: a third party's backend, as far as a name tells. */
static void list_other(void *arg, const char *name)
{
	struct others *others = arg;
	struct pmem2_registry *registry = others->registry;

	if (!is_name(name, strlen(name)) || strcmp(name, "ndctl") == 0 ||
		find_entry(registry, name) != NULL)
		return;

	pmem2_err_append(registry->message, sizeof(registry->message), "%s%s", others->separator,
		name);
	others->separator = ", ";
}

static void list_found(struct pmem2_registry *registry)
{
	size_t size = sizeof(registry->message);
	const char *separator = " ";

	for (size_t i = 0; i < registry->count; i++) {
		const struct pmem2_found *found = &registry->found[i];

		if (found->refusal[0] != '\0')
			continue;
		pmem2_err_append(registry->message, size, "%s%s", separator, found->name);
		separator = ", ";
	}
	pmem2_err_append(registry->message, size, " in this library and in %s", pmem2_module_dir());
	pmem2_module_list(list_other, &(struct others){registry, ", and there also "});
}

void pmem2_registry_look(struct pmem2_registry *registry)
{
	bool all = true;

	for (size_t i = 0; i < registry->count; i++) {
		struct pmem2_found *found = &registry->found[i];

		if (!found->judged)
			find_backend(registry, found);
		all = all && (found->judged || !found->named);
	}
	if (registry->pins_judged || !all)
		return;
	registry->pins_judged = true;

	for (size_t i = 0; i < registry->count; i++)
		if (registry->found[i].named && registry->found[i].refusal[0] != '\0')
			refuse_pin(registry, registry->found[i].name, registry->found[i].refusal);
	if (registry->beyond[0] != '\0')
		refuse_pin(registry, registry->beyond, "too many names");
	if (registry->error != 0)
		list_found(registry);
}
