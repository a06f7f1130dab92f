/* SPDX-License-Identifier: BSD-3-Clause */
/* reasons.h -- an explanation of the library, printed. */
#ifndef PMEM2_TOOL_REASONS_H
#define PMEM2_TOOL_REASONS_H

#include <libpmem2/explain.h>
#include <stdbool.h>

/* All reasons, a line each, what decided marked with an asterisk; or as an array of JSON. */
void reasons_print(bool json, const struct pmem2_explanation *explanation);

/* The sentence of what decided, and the variant that was chosen; "none". */
const char *reasons_decision(const struct pmem2_explanation *explanation);
const char *reasons_variant(const struct pmem2_explanation *explanation);

#endif
