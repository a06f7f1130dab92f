/* SPDX-License-Identifier: BSD-3-Clause */
/* registry.h -- loads the backends in order, and picks one for a granularity. */
#ifndef PMEM2_REGISTRY_H
#define PMEM2_REGISTRY_H

#include <stdbool.h>

#include <libpmem2/backend.h>

#include "cpu.h"

enum {
	PMEM2_REGISTRY_MAX = 16, /* backends of the build's table and of PMEM2_BACKEND together */
	PMEM2_NAME_MAX = 64,     /* characters of a backend's name */
};

/* A backend that was looked for, in the order of preference. */
struct pmem2_found {
	char name[PMEM2_NAME_MAX + 1];
	const struct pmem2_backend *backend; /* NULL: could not be had */
	bool builtin;
	bool named;        /* by PMEM2_BACKEND */
	char refusal[256]; /* why it is not used; "" if it is */
};

struct pmem2_choice {
	const struct pmem2_backend *backend;
	const struct pmem2_variant *variant; /* NULL: nothing serves that */
};

struct pmem2_registry {
	struct pmem2_cpu cpu;
	bool pinned; /* PMEM2_BACKEND is set */
	struct pmem2_found found[PMEM2_REGISTRY_MAX];
	size_t count;
	int error; /* PMEM2_E_BACKEND: PMEM2_BACKEND names what cannot be had; each pick fails */
	char message[768];
	struct pmem2_choice choice[4]; /* by bit number of PMEM2_SERVES_* */
};

/* The registry, read at first use and constant since. Never NULL. */
const struct pmem2_registry *pmem2_registry(void);

/*
 * The best variant that makes memory of that granularity durable, or, if nothing needs to be
 * (anonymous and private memory), that is right for it. Its address is constant.
 *
 * Errors: PMEM2_E_BACKEND; PMEM2_E_GRANULARITY_NOT_SUPPORTED with the reasons of all backends.
 */
int pmem2_registry_pick(enum pmem2_granularity granularity, bool durable,
	const struct pmem2_choice **choice);

/* Whether a pick for durable memory would succeed; sets no error sentence. */
bool pmem2_registry_serves(enum pmem2_granularity granularity);

/* ---- its parts, for tests ---- */

/* The backends that are part of this library, NULL ends. */
extern const struct pmem2_backend *const pmem2_builtin_backends[];

/* Looks for backends as the two values say and chooses. pinned: PMEM2_BACKEND's value or NULL. */
void pmem2_registry_read(struct pmem2_registry *registry, const char *pinned);

#endif
