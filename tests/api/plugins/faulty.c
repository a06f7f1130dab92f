/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faulty.c -- backends that break the contract; the build says how.
 */
#include <dlfcn.h>
#include <libpmem2/backend.h>
#include <stdio.h>
#include <stdlib.h>

static const struct pmem2_variant hollow = {.name = "hollow", .serves = PMEM2_SERVES_PAGE};
static const struct pmem2_variant *const hollow_only[] = {&hollow, NULL};
static const struct pmem2_variant *const none[] = {NULL};

const struct pmem2_backend pmem2_backend_v1 = {
#if defined(MISNAMED)
	.name = "somebody-else",
	.variants = hollow_only,
#elif defined(HOLLOW) /* operations are missing */
	.name = "hollow",
	.variants = hollow_only,
#elif defined(CALLER)
	.name = "caller",
	.variants = hollow_only,
#else
	.name = "barren",
	.variants = none,
#endif
};

#ifdef CALLER
/* No backend should have a constructor: this one calls the library that is loading it. */
__attribute__((constructor)) static void call_back(void)
{
	int (*load)(void);
	char text[16];

	*(void **)&load = dlsym(RTLD_DEFAULT, "pmem2_backends_load");
	snprintf(text, sizeof(text), "%d", load());
	setenv("CALLER_GOT", text, 1);
}
#endif

/* each of them is used in one of the three */
extern const void *const unused[];
const void *const unused[] __attribute__((visibility("hidden"))) = {hollow_only, none};
