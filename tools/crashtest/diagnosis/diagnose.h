/* SPDX-License-Identifier: BSD-3-Clause */
/* diagnose.h -- finds out what is wrong, for each group of failures. */
#ifndef CRASHTEST_DIAGNOSE_H
#define CRASHTEST_DIAGNOSE_H

struct options;
struct results;
struct trace;

/* By further images. 0 or an exit status. */
int diagnose(const struct options *options, const struct trace *trace, struct results *results);

#endif
