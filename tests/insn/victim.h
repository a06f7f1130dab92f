/* SPDX-License-Identifier: BSD-3-Clause */
/* victim.h -- the process that is stepped through: it has a mapping, and calls what it is told to. */
#ifndef TESTS_INSN_VICTIM_H
#define TESTS_INSN_VICTIM_H

#include <libpmem2/backend.h>
#include <stdbool.h>

#include "call.h"

/* How the library comes to use a variant. */
struct setting {
	const char *backend;
	const struct pmem2_variant *variant; /* of the test's own copy: its name and needs */
	unsigned serves;                     /* a PMEM2_SERVES_* bit of the variant's */
	bool nt_evicts;
	unsigned shape;
};

/* A victim_fn that makes a mapping as a struct setting says. */
void victim(struct shared *shared, const void *setting);

#endif
