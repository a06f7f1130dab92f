/* SPDX-License-Identifier: BSD-3-Clause */
/* victim.h -- the process that is stepped through: it has a mapping, and calls what it is told to. */
#ifndef TESTS_INSN_VICTIM_H
#define TESTS_INSN_VICTIM_H

#include <libpmem2/backend.h>
#include <stdbool.h>
#include <stddef.h>

enum operation { MEMMOVE, MEMCPY, MEMSET, FLUSH, PERSIST, DEEP_FLUSH, DRAIN };

struct call {
	enum operation operation;
	size_t at, from; /* offsets in the mapping; from ELSEWHERE: a buffer of its own */
	size_t size;
	unsigned flags;
};

#define ELSEWHERE SIZE_MAX

/* How the library comes to use a variant. */
struct setting {
	const char *backend;
	const struct pmem2_variant *variant; /* of the test's own copy: its name and needs */
	unsigned serves;                     /* a PMEM2_SERVES_* bit of the variant's */
	bool nt_evicts;
	unsigned shape;
};

/* Memory that both processes have. */
struct shared {
	volatile bool ready; /* the rest is filled in */
	char *base;          /* of the mapping, in the victim */
	bool shaped;         /* the setting's shape could be set */
	struct call call;    /* the next one */
	bool forbidden;      /* nobody may step through a process here */
	char error[512];
};

/*
 * Runs in a process of its own: makes a mapping of `bytes` as the setting says, then stops at INT3 before each
 * of the calls of `shared`.
 */
_Noreturn void victim(struct shared *shared, const struct setting *setting, size_t bytes);

#endif
