/* SPDX-License-Identifier: BSD-3-Clause */
/* registry.h -- loads the backends in order, and picks one for a granularity. */
#ifndef PMEM2_REGISTRY_H
#define PMEM2_REGISTRY_H

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

/*
 * The best variant that makes memory of that granularity durable, or, if nothing needs to be
 * (anonymous and private memory), that is right for it. Its address is constant.
 *
 * What is missing or wrong is remembered. What could not be looked for because the process was short of
 * something is not, and no worse backend takes its place: the pick fails, and the next one tries again.
 *
 * Errors: PMEM2_E_BACKEND, also where a backend calls that is being loaded;
 * PMEM2_E_GRANULARITY_NOT_SUPPORTED with the reasons of all backends; -errno, one that could be the best
 * could not be looked for.
 */
int pmem2_registry_pick(enum pmem2_granularity granularity, bool durable,
	const struct pmem2_choice **choice);

/*
 * The next best backend, where the one of *choice has said that a mapping is not its own.
 *
 * Errors: PMEM2_E_GRANULARITY_NOT_SUPPORTED, there is none; *choice is untouched.
 */
int pmem2_registry_next(const struct pmem2_choice **choice);

/* Whether a pick for durable memory would succeed. */
bool pmem2_registry_serves(enum pmem2_granularity granularity);

/* An index of choice[] in words: a granularity, or "anonymous". */
const char *pmem2_registry_use_name(unsigned use);

/*
 * Whether it is certain that no backend serves it: not so where PMEM2_BACKEND is in error, or one could
 * not be looked for, which is for the pick to tell.
 */
bool pmem2_registry_lacks(enum pmem2_granularity granularity);

/* Whether PMEM2_BACKEND restricts the choice. */
bool pmem2_registry_pinned(void);

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
