/* SPDX-License-Identifier: BSD-3-Clause */
/* judge.h -- what a call owes, by what its variant serves. */
#ifndef PMEM2_CONFORMANCE_JUDGE_H
#define PMEM2_CONFORMANCE_JUDGE_H

#include "call.h"
#include "lines.h"

/* NULL, or the rule that the call broke, of which lines has seen all. serves: a PMEM2_SERVES_* bit. */
const char *judge(const struct lines *lines, const struct call *call, unsigned serves);

#endif
