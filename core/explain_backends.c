/* SPDX-License-Identifier: BSD-3-Clause */
/* explain_backends.c -- which backend serves a mapping, and why the others do not. */
#include "explain_backends.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "granularity.h"
#include "module.h"
#include "registry_list.h"

#define add pmem2_explanation_add

static bool is_installed(const struct pmem2_found *found)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s.so", pmem2_module_dir(), found->name);
	return found->builtin || found->backend != NULL || access(path, F_OK) == 0;
}

/* Debian's packages have no '_' in their names. */
static void package_of(const char *name, char package[PMEM2_NAME_MAX + 32])
{
	snprintf(package, PMEM2_NAME_MAX + 32, "libpmem2-backend-%s", name);
	for (char *at = package; (at = strchr(at, '_')) != NULL;)
		*at = '-';
}

static void about_refused(struct pmem2_explanation *e, const struct pmem2_found *found)
{
	char package[PMEM2_NAME_MAX + 32];

	if (is_installed(found)) {
		add(e, PMEM2_REASON_BACKEND_REFUSED, 0, found->name, "%s: refused: %s", found->name,
			found->refusal);
		return;
	}

	package_of(found->name, package);
	add(e, PMEM2_REASON_BACKEND_MISSING, 0, found->name,
		"%s: not installed (Debian: the package %s): %s", found->name, package,
		found->refusal);
}

struct asked {
	struct pmem2_explanation *e;
	const struct pmem2_verdict *verdict;
	const struct pmem2_choice *choice;
};

/* One that was not chosen. */
static void about_other(struct pmem2_explanation *e, const struct pmem2_registry *registry,
	const struct pmem2_found *found)
{
	if (found->passing != 0)
		add(e, PMEM2_REASON_BACKEND_NOT_NOW, found->passing, found->name,
			"%s: could not be loaded just now: %s; the next mapping tries again",
			found->name, found->refusal);
	else if (found->refusal[0] != '\0')
		about_refused(e, found);
	else if (registry->pinned && !found->named)
		add(e, PMEM2_REASON_BACKEND_NOT_NAMED, 0, found->name,
			"%s: not named by PMEM2_BACKEND", found->name);
	else
		add(e, PMEM2_REASON_BACKEND_OTHER, 0, found->name,
			"%s: does not serve this granularity", found->name);
}

static void about_all(const struct pmem2_registry *registry, void *arg)
{
	const struct asked *asked = arg;
	struct pmem2_explanation *e = asked->e;
	const struct pmem2_choice *choice = asked->choice;

	if (choice == NULL && registry->error != 0) {
		add(e, PMEM2_REASON_BACKEND_VARIABLE, registry->error, NULL, "%s",
			registry->message);
		pmem2_explanation_decide(e, PMEM2_REASON_BACKEND_VARIABLE);
		return;
	}

	if (asked->verdict->step == PMEM2_STEP_NO_BACKEND)
		add(e, PMEM2_REASON_NO_BACKEND, 0, NULL,
			"no CPU backend can be used for what the memory could do, msync(2) can");
	for (size_t i = 0; i < registry->count; i++) {
		if (choice != NULL && registry->found[i].backend == choice->backend) {
			add(e, PMEM2_REASON_BACKEND_CHOSEN, 0, choice->variant->name, "%s: chosen",
				choice->variant->name);
			return;
		}
		about_other(e, registry, &registry->found[i]);
	}

	pmem2_explanation_decide(e, PMEM2_REASON_BACKEND_NOT_NOW);
	if (choice == NULL && !pmem2_explanation_has(e, PMEM2_REASON_BACKEND_NOT_NOW)) {
		add(e, PMEM2_REASON_NO_BACKEND, PMEM2_E_GRANULARITY_NOT_SUPPORTED, NULL,
			"no backend serves this granularity here");
		pmem2_explanation_decide(e, PMEM2_REASON_NO_BACKEND);
	}
}

void pmem2_explain_backends(struct pmem2_explanation *e, const struct pmem2_verdict *verdict,
	const struct pmem2_choice *choice)
{
	struct asked asked = {e, verdict, choice};

	/* a backend that asks while it is loaded learns nothing of the others */
	pmem2_registry_show(about_all, &asked);
}
