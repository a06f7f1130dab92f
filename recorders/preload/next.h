/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * next.h -- the functions that this library stands before.
 *
 * NEXT(name) is the function of that name that the program would call without this library.
 */
#ifndef PRELOAD_NEXT_H
#define PRELOAD_NEXT_H

#include <dlfcn.h>

#include "backend.h"

#define PRELOAD_EXPORT __attribute__((visibility("default")))

/* Where the program calls from. */
#define SITE __builtin_return_address(0)

static inline void *pmem2_preload_next(void **known, const char *name)
{
	void *next = __atomic_load_n(known, __ATOMIC_RELAXED);

	if (next != NULL)
		return next;
	next = dlsym(RTLD_NEXT, name);
	if (next == NULL)
		pmem2_preload_refuse("there is no function %s", name);
	__atomic_store_n(known, next, __ATOMIC_RELAXED);
	return next;
}

#define NEXT(name) \
	(__extension__({ \
		static void *known; \
		(__typeof__(&name))pmem2_preload_next(&known, #name); \
	}))

#endif
