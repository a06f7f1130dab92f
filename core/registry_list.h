/* SPDX-License-Identifier: BSD-3-Clause */
/* registry_list.h -- the backends that are looked for, and what came of it. */
#ifndef PMEM2_REGISTRY_LIST_H
#define PMEM2_REGISTRY_LIST_H

#include <stdbool.h>

#include <libpmem2/backend.h>

#include "choice.h"
#include "contract.h"
#include "cpu.h"

enum {
	PMEM2_REGISTRY_MAX = 16, /* backends of the build's table and of PMEM2_BACKEND together */
	PMEM2_USES = 4,          /* bits of PMEM2_SERVES_*, by whose numbers uses are told apart */
};

/* A backend that is looked for, in the order of preference. */
struct pmem2_found {
	char name[PMEM2_NAME_MAX + 1];
	const struct pmem2_backend *backend; /* NULL: could not be had */
	bool builtin;
	bool in_table;     /* one of the build's */
	bool named;        /* by PMEM2_BACKEND */
	bool judged;       /* it was looked for, and what came out stands */
	int passing;       /* an errno: it could not be looked for just now, and shall be again */
	char refusal[640]; /* why it is not used; "" if it is */
};

struct pmem2_registry {
	struct pmem2_cpu cpu;
	bool pinned;      /* PMEM2_BACKEND is set */
	bool pins_judged; /* error is what it stays */
	struct pmem2_found found[PMEM2_REGISTRY_MAX];
	size_t count;
	char beyond[PMEM2_NAME_MAX + 1]; /* the first name that there was no room for; "" */
	int error; /* PMEM2_E_BACKEND: PMEM2_BACKEND names what cannot be had; each pick fails */
	char message[1024];
	/* for each use the backends that serve it, best first; a variant of NULL ends them */
	struct pmem2_choice choice[PMEM2_USES][PMEM2_REGISTRY_MAX + 1];
};

/* An index of choice[] in words: a granularity, or "anonymous". */
const char *pmem2_registry_use_name(unsigned use);

/* The registry, as it is now, for who prints it; what could not be looked for is tried again. Never NULL. */
const struct pmem2_registry *pmem2_registry(void);

/* Has it read while nothing changes it. PMEM2_E_BACKEND: a backend calls that is being loaded. */
int pmem2_registry_show(void (*reader)(const struct pmem2_registry *registry, void *arg),
	void *arg);

/* ---- its parts ---- */

/* The backends that are part of this library, NULL ends. */
extern const struct pmem2_backend *const pmem2_builtin_backends[];

/* Lists which backends are to be looked for. pinned: PMEM2_BACKEND's value, or NULL. */
void pmem2_registry_list(struct pmem2_registry *registry, const char *pinned);

/* Looks for those that have not been judged; then whether PMEM2_BACKEND names what cannot be had. */
void pmem2_registry_look(struct pmem2_registry *registry);

/* The first backend that could serve the use and could not be looked for; NULL: the choice is certain. */
const struct pmem2_found *pmem2_registry_missed(const struct pmem2_registry *registry,
	unsigned use);

/* All of it, and chooses. pinned as above. */
void pmem2_registry_read(struct pmem2_registry *registry, const char *pinned);

#endif
