/* SPDX-License-Identifier: BSD-3-Clause */
/* explain_backends.h -- which backend serves a mapping, and why the others do not. */
#ifndef PMEM2_EXPLAIN_BACKENDS_H
#define PMEM2_EXPLAIN_BACKENDS_H

#include "explanation.h"

struct pmem2_choice;
struct pmem2_verdict;

/*
 * Adds a reason for each backend that was considered, in their order, up to the one that was chosen; NULL:
 * none was.
 */
void pmem2_explain_backends(struct pmem2_explanation *e, const struct pmem2_verdict *verdict,
	const struct pmem2_choice *choice);

#endif
