/* SPDX-License-Identifier: BSD-3-Clause */
/* registry.h -- loads the backends in order, and picks one for a granularity. */
#ifndef PMEM2_REGISTRY_H
#define PMEM2_REGISTRY_H

#include <stdbool.h>

#include <libpmem2/backend.h>

struct pmem2_choice;

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

/*
 * Whether it is certain that no backend serves it: not so where PMEM2_BACKEND is in error, or one could
 * not be looked for, which is for the pick to tell.
 */
bool pmem2_registry_lacks(enum pmem2_granularity granularity);

/* Whether PMEM2_BACKEND restricts the choice. */
bool pmem2_registry_pinned(void);

#endif
