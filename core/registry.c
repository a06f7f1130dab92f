/* SPDX-License-Identifier: BSD-3-Clause */
/* registry.c -- picks a backend for a granularity, and remembers what came out. */
#include "registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "granularity_name.h"
#include "registry_list.h"

const char *pmem2_registry_use_name(unsigned use)
{
	return use <= PMEM2_GRANULARITY_PAGE ? pmem2_granularity_name((enum pmem2_granularity)use)
	                                     : "anonymous";
}

static bool is_generic(const struct pmem2_found *found)
{
	return strcmp(found->name, "generic_msync") == 0;
}

/* ---- choosing ---- */

/* Pages and volatile memory need nothing of a CPU: a pin does not take them away. */
static bool is_last_resort(const struct pmem2_found *found, unsigned use)
{
	return is_generic(found) && (1U << use & (PMEM2_SERVES_PAGE | PMEM2_SERVES_VOLATILE)) != 0;
}

static bool is_allowed(const struct pmem2_registry *registry, const struct pmem2_found *found,
	unsigned use)
{
	return !registry->pinned || found->named || is_last_resort(found, use);
}

/* The backend's first variant that serves it and that the CPU can run. */
static const struct pmem2_variant *variant_for(const struct pmem2_registry *registry,
	const struct pmem2_found *found, unsigned use)
{
	if (found->refusal[0] != '\0')
		return NULL;

	for (const struct pmem2_variant *const *v = found->backend->variants; *v != NULL; v++)
		if (((*v)->serves & 1U << use) != 0 && ((*v)->needs & ~registry->cpu.features) == 0)
			return *v;

	return NULL;
}

/* The one rule: the backends in their order, which ends with generic_msync. */
static void choose(struct pmem2_registry *registry, unsigned use)
{
	struct pmem2_choice *choice = registry->choice[use];

	for (size_t i = 0; i < registry->count; i++) {
		const struct pmem2_found *found = &registry->found[i];
		const struct pmem2_variant *variant = variant_for(registry, found, use);

		if (variant != NULL && is_allowed(registry, found, use))
			*choice++ = (struct pmem2_choice){found->backend, variant};
	}
}

const struct pmem2_found *pmem2_registry_missed(const struct pmem2_registry *registry, unsigned use)
{
	for (size_t i = 0; i < registry->count; i++) {
		const struct pmem2_found *found = &registry->found[i];
		/* no other backend of the build's table serves pages */
		bool may_serve =
			1U << use != PMEM2_SERVES_PAGE || !found->in_table || is_generic(found);

		/* who is named and cannot be had is an error of every use */
		if (!found->judged &&
			(found->named || (may_serve && is_allowed(registry, found, use))))
			return found;
	}

	return NULL;
}

void pmem2_registry_read(struct pmem2_registry *registry, const char *pinned)
{
	pmem2_registry_list(registry, pinned);
	pmem2_registry_look(registry);
	for (unsigned use = 0; use < PMEM2_USES; use++)
		choose(registry, use);
}

/* ---- the one of the process ---- */

static struct pmem2_registry the_registry; /* changed under the lock alone */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_listed; /* the environment has been read, once */

/* whether the use's choices are as they stay: then they are read without the lock */
static atomic_bool known[PMEM2_USES];

/* who has the lock: a backend may call the library while it is loaded, and would wait for itself */
static atomic_bool is_looking;
static _Atomic(pthread_t) looker;

static int take_lock(void)
{
	if (atomic_load(&is_looking) && pthread_equal(atomic_load(&looker), pthread_self()))
		return pmem2_err(PMEM2_E_BACKEND,
			"a backend calls libpmem2 while libpmem2 loads it, as its constructor would: "
			"call it from attach");

	pthread_mutex_lock(&lock);
	atomic_store(&looker, pthread_self());
	atomic_store(&is_looking, true);
	return 0;
}

static void give_lock(void)
{
	atomic_store(&is_looking, false);
	pthread_mutex_unlock(&lock);
}

static void look(void)
{
	if (!is_listed) {
		const char *pinned = secure_getenv("PMEM2_BACKEND");

		/* many tools have no other way to unset a variable than to set it to nothing */
		pmem2_registry_list(&the_registry,
			pinned != NULL && *pinned != '\0' ? pinned : NULL);
		is_listed = true;
	}
	pmem2_registry_look(&the_registry);

	for (unsigned use = 0; use < PMEM2_USES; use++) {
		if (atomic_load(&known[use]) || pmem2_registry_missed(&the_registry, use) != NULL)
			continue;
		choose(&the_registry, use);
		atomic_store(&known[use], true);
	}
}

static int refuse_missed(const struct pmem2_found *found, unsigned use)
{
	return pmem2_err(-found->passing,
		"the backend %s, which may be the best for %s, could not be loaded: %s; try again when "
		"that has passed, or call pmem2_backends_load before it comes",
		found->name, pmem2_registry_use_name(use), found->refusal);
}

/* Makes the use's choices known. */
static int learn(unsigned use)
{
	if (atomic_load_explicit(&known[use], memory_order_acquire))
		return 0;

	int ret = take_lock();
	if (ret != 0)
		return ret;

	look();
	if (!atomic_load(&known[use]))
		ret = refuse_missed(pmem2_registry_missed(&the_registry, use), use);
	give_lock();
	return ret;
}

const struct pmem2_registry *pmem2_registry(void)
{
	for (unsigned use = 0; use < PMEM2_USES; use++)
		learn(use);
	return &the_registry;
}

int pmem2_registry_show(void (*reader)(const struct pmem2_registry *registry, void *arg), void *arg)
{
	int ret = take_lock();

	if (ret != 0)
		return ret;

	look();
	reader(&the_registry, arg);
	give_lock();
	return 0;
}

/* Weak, as all that PMDK's library does not have: see legacy.c. */
__attribute__((weak)) int pmem2_backends_load(void)
{
	int ret = 0;

	for (unsigned use = 0; ret == 0 && use < PMEM2_USES; use++)
		ret = learn(use);
	if (ret == 0 && the_registry.error != 0)
		ret = pmem2_err(the_registry.error, "%s", the_registry.message);
	return ret;
}

/* ---- answering ---- */

static int refuse_use(unsigned use)
{
	char reasons[700] = "";

	/* what could not be looked for may be looked for at this moment */
	int ret = take_lock();
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < the_registry.count; i++) {
		const struct pmem2_found *found = &the_registry.found[i];
		const char *reason = found->refusal[0] != '\0' ? found->refusal
		                     : the_registry.pinned && !found->named
		                             ? "not named by PMEM2_BACKEND"
		                             : "does not serve it";

		pmem2_err_append(reasons, sizeof(reasons), "; %s: %s", found->name, reason);
	}
	give_lock();

	return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"no backend that serves %s can be used here%s", pmem2_registry_use_name(use),
		reasons);
}

int pmem2_registry_pick(enum pmem2_granularity granularity, bool durable,
	const struct pmem2_choice **choice)
{
	unsigned use = durable ? (unsigned)granularity : 3;
	int ret = learn(use);

	if (ret != 0)
		return ret;
	if (the_registry.error != 0)
		return pmem2_err(the_registry.error, "%s", the_registry.message);
	if (the_registry.choice[use][0].variant == NULL)
		return refuse_use(use);

	*choice = &the_registry.choice[use][0];
	return 0;
}

int pmem2_registry_next(const struct pmem2_choice **choice)
{
	const struct pmem2_choice *next = *choice + 1;

	if (next->variant == NULL)
		return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
			"the backend %s says that the mapping is not its own, and no other backend "
			"serves this granularity here",
			(*choice)->backend->name);

	*choice = next;
	return 0;
}

bool pmem2_registry_serves(enum pmem2_granularity granularity)
{
	return learn(granularity) == 0 && the_registry.error == 0 &&
	       the_registry.choice[granularity][0].variant != NULL;
}

bool pmem2_registry_lacks(enum pmem2_granularity granularity)
{
	return learn(granularity) == 0 && the_registry.error == 0 &&
	       the_registry.choice[granularity][0].variant == NULL;
}

bool pmem2_registry_pinned(void)
{
	return learn(PMEM2_GRANULARITY_PAGE) == 0 && the_registry.pinned;
}
