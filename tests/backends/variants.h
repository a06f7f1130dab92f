/* SPDX-License-Identifier: BSD-3-Clause */
/* Every variant of every backend of this build, and which of them this CPU can run. */
#ifndef TESTS_VARIANTS_H
#define TESTS_VARIANTS_H

#include <libpmem2/backend.h>

/* The backends of the build, NULL ends. The first call gives them the CPU's line size. */
const struct pmem2_backend *const *test_backends(void);

/* The PMEM2_CPU_* bits of this CPU, found without the library's help. */
uint64_t test_cpu(void);

/* The variant of that name, or NULL. */
const struct pmem2_variant *test_variant(const char *name);

#endif
