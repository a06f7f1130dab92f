/* SPDX-License-Identifier: BSD-3-Clause */
/* explanation.h -- a list of reasons in the making. */
#ifndef PMEM2_EXPLANATION_H
#define PMEM2_EXPLANATION_H

#include <libpmem2/explain.h>

#include <stdbool.h>

struct pmem2_explanation {
	int result; /* what pmem2_map_new would return */
	enum pmem2_granularity granularity;
	char message[1024]; /* the sentence on a result that is not 0 */
	struct pmem2_reason_node *first, *last;
	bool lost; /* a reason found no memory */
};

/* NULL: no memory. */
struct pmem2_explanation *pmem2_explanation_new(void);

/* pmem2_explanation_delete, which a program may replace. */
void pmem2_explanation_discard(struct pmem2_explanation *e);

/* Adds a reason; subject may be NULL. */
void pmem2_explanation_add(struct pmem2_explanation *e, enum pmem2_reason_code code, int error,
	const char *subject, const char *format, ...) __attribute__((__format__(__printf__, 5, 6)));

/* Marks the reasons of that code as what decided. */
void pmem2_explanation_decide(struct pmem2_explanation *e, enum pmem2_reason_code code);

bool pmem2_explanation_has(const struct pmem2_explanation *e, enum pmem2_reason_code code);

#endif
