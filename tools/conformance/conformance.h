/* SPDX-License-Identifier: BSD-3-Clause */
/* conformance.h -- whether a backend keeps its contract: what pmem2 backends --test asks and says. */
#ifndef PMEM2_CONFORMANCE_H
#define PMEM2_CONFORMANCE_H

#include <stdbool.h>
#include <stddef.h>

#include <libpmem2/backend.h>

/* What is tested: a variant for one of the granularities that it serves. */
struct subject {
	const struct pmem2_backend *backend;
	const struct pmem2_variant *variant;
	unsigned serves; /* a PMEM2_SERVES_* bit */
};

enum outcome {
	KEPT,
	BROKEN,
	NOT_SHOWN, /* this machine, or this backend, does not let it be seen */
};

/* What a part of the test found; in memory that the tested process shares. */
struct finding {
	enum outcome outcome;
	unsigned long calls;
	char text[256]; /* what is broken, or why it is not shown */
};

/* Contents, canaries, returned values, errno and sizes of 0; in this process. */
void contents_check(const struct subject *subject, struct finding *finding);

/* Each line flushed after its last store, and fenced; aligned stores of 8 bytes; in processes of its own. */
void stepping_check(const struct subject *subject, struct finding *finding);

/* Numbers below limit, the same in each run: a failure comes again. */
size_t conformance_random(size_t limit);

/* All of it, with a report on stdout. TOOL_OK, or TOOL_REFUSED if something is broken or not shown. */
int conformance_test(const char *name);

#endif
