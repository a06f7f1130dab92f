/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faulty.c -- backends that break the contract; the build says how.
 */
#include <libpmem2/backend.h>

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
#else
	.name = "barren",
	.variants = none,
#endif
};

/* each of them is used in one of the three */
extern const void *const unused[];
const void *const unused[] __attribute__((visibility("hidden"))) = {hollow_only, none};
