/* SPDX-License-Identifier: BSD-3-Clause */
/* registry.c -- loads the backends in order, and picks one for a granularity. */
#include "registry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_config.h"
#include "error.h"
#include "module.h"

#define SYMBOL "pmem2_backend_v1"

static const char *const table[] = {PMEM2_BACKENDS};

static const char *const use_names[] = {"BYTE", "CACHE_LINE", "PAGE", "volatile memory"};

/* ---- finding one ---- */

static const struct pmem2_backend *find_builtin(const char *name)
{
	for (const struct pmem2_backend *const *b = pmem2_builtin_backends; *b != NULL; b++)
		if (strcmp((*b)->name, name) == 0)
			return *b;

	return NULL;
}

static bool variant_is_whole(const struct pmem2_variant *v)
{
	return v->name != NULL && v->persist != NULL && v->flush != NULL && v->drain != NULL &&
	       v->deep_persist != NULL && v->memmove != NULL && v->memset != NULL;
}

/* What is wrong with a backend as its file has it, or NULL. */
static const char *defect(const struct pmem2_backend *backend, const char *name)
{
	if (backend->name == NULL || strcmp(backend->name, name) != 0)
		return "its name is not the file's";
	if (backend->variants == NULL || backend->variants[0] == NULL)
		return "it has no variant";
	for (const struct pmem2_variant *const *v = backend->variants; *v != NULL; v++)
		if (!variant_is_whole(*v))
			return "a variant lacks an operation";

	return NULL;
}

static bool can_run(const struct pmem2_variant *variant, uint64_t features)
{
	return (variant->needs & ~features) == 0;
}

static bool any_can_run(const struct pmem2_backend *backend, uint64_t features)
{
	for (const struct pmem2_variant *const *v = backend->variants; *v != NULL; v++)
		if (can_run(*v, features))
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

static void find_backend(struct pmem2_registry *registry, struct pmem2_found *found,
	const char *name)
{
	snprintf(found->name, sizeof(found->name), "%s", name);
	found->backend = find_builtin(name);
	found->builtin = found->backend != NULL;
	if (!found->builtin)
		found->backend =
			pmem2_module_symbol(name, SYMBOL, found->refusal, sizeof(found->refusal));
	if (found->backend == NULL)
		return;

	const char *wrong = defect(found->backend, name);
	if (wrong != NULL) {
		snprintf(found->refusal, sizeof(found->refusal), "%s", wrong);
		found->backend = NULL;
		return;
	}

	if (!any_can_run(found->backend, registry->cpu.features))
		refuse_for_cpu(found, registry->cpu.features);
	else if (found->backend->tuning != NULL)
		pmem2_cpu_tune(&registry->cpu, found->backend->tuning);
}

/* ---- what PMEM2_BACKEND says ---- */

/* Every name is an error of its own kind; the first one is reported, with the list of what is there. */
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

static struct pmem2_found *find_entry(struct pmem2_registry *registry, const char *name)
{
	for (size_t i = 0; i < registry->count; i++)
		if (strcmp(registry->found[i].name, name) == 0)
			return &registry->found[i];

	return NULL;
}

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

/* Marks one name of the list; one that the build does not know comes first of all. */
static void pin(struct pmem2_registry *registry, const char *name)
{
	struct pmem2_found *found = find_entry(registry, name);

	if (found == NULL) {
		if (registry->count == PMEM2_REGISTRY_MAX) {
			refuse_pin(registry, name, "too many names");
			return;
		}
		/* keeps the order in which they are named: before the table's, behind the others */
		size_t at = registry->count++ - sizeof(table) / sizeof(table[0]);
		memmove(&registry->found[at + 1], &registry->found[at],
			(registry->count - 1 - at) * sizeof(registry->found[0]));
		found = &registry->found[at];
		memset(found, 0, sizeof(*found));
		find_backend(registry, found, name);
	}

	found->named = true;
	if (found->refusal[0] != '\0')
		refuse_pin(registry, name, found->refusal);
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

/* ---- choosing ---- */

static bool serves(const struct pmem2_variant *variant, unsigned use, uint64_t features)
{
	return (variant->serves & 1U << use) != 0 && can_run(variant, features);
}

static bool choose_from(struct pmem2_registry *registry, const struct pmem2_found *found,
	unsigned use)
{
	if (found->refusal[0] != '\0')
		return false;

	for (const struct pmem2_variant *const *v = found->backend->variants; *v != NULL; v++) {
		if (!serves(*v, use, registry->cpu.features))
			continue;
		registry->choice[use] = (struct pmem2_choice){found->backend, *v};
		return true;
	}

	return false;
}

/* The one rule: the first variant of the first backend that serves it and that the CPU can run. */
static void choose(struct pmem2_registry *registry, unsigned use)
{
	for (size_t i = 0; i < registry->count; i++)
		if ((!registry->pinned || registry->found[i].named) &&
			choose_from(registry, &registry->found[i], use))
			return;

	/* pages and volatile memory need nothing of a CPU: a pin does not take them away */
	struct pmem2_found *generic = find_entry(registry, "generic_msync");
	if (generic != NULL && (1U << use & (PMEM2_SERVES_PAGE | PMEM2_SERVES_VOLATILE)) != 0)
		choose_from(registry, generic, use);
}

void pmem2_registry_read(struct pmem2_registry *registry, const char *pinned)
{
	memset(registry, 0, sizeof(*registry));
	pmem2_cpu_read(&registry->cpu);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		find_backend(registry, &registry->found[registry->count++], table[i]);

	registry->pinned = pinned != NULL;
	if (registry->pinned)
		read_pins(registry, pinned);
	if (registry->error != 0)
		list_found(registry);

	for (unsigned use = 0; use < 4; use++)
		choose(registry, use);
}

static struct pmem2_registry the_registry;

static void read_once(void)
{
	pmem2_registry_read(&the_registry, secure_getenv("PMEM2_BACKEND"));
}

const struct pmem2_registry *pmem2_registry(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_once);
	return &the_registry;
}

/* ---- answering ---- */

static int refuse_use(const struct pmem2_registry *registry, unsigned use)
{
	char reasons[700] = "";

	for (size_t i = 0; i < registry->count; i++) {
		const struct pmem2_found *found = &registry->found[i];
		const char *reason = found->refusal[0] != '\0' ? found->refusal
		                     : registry->pinned && !found->named
		                             ? "not named by PMEM2_BACKEND"
		                             : "does not serve it";

		pmem2_err_append(reasons, sizeof(reasons), "; %s: %s", found->name, reason);
	}

	return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"no backend can make stores durable at granularity %s here%s", use_names[use],
		reasons);
}

static unsigned use_of(enum pmem2_granularity granularity, bool durable)
{
	return durable ? (unsigned)granularity : 3;
}

int pmem2_registry_pick(enum pmem2_granularity granularity, bool durable,
	const struct pmem2_choice **choice)
{
	const struct pmem2_registry *registry = pmem2_registry();
	unsigned use = use_of(granularity, durable);

	if (registry->error != 0)
		return pmem2_err(registry->error, "%s", registry->message);
	if (registry->choice[use].variant == NULL)
		return refuse_use(registry, use);

	*choice = &registry->choice[use];
	return 0;
}

bool pmem2_registry_serves(enum pmem2_granularity granularity)
{
	const struct pmem2_registry *registry = pmem2_registry();

	return registry->error == 0 && registry->choice[granularity].variant != NULL;
}
