/* SPDX-License-Identifier: BSD-3-Clause */
/* process.h -- one process that left a trace: what a power cut would break of its files. */
#ifndef CRASHTEST_PROCESS_H
#define CRASHTEST_PROCESS_H

struct options;
struct run;

/* Tests, and prints what was found. run: NULL, or it ended just now. Returns an exit status. */
int process_test(const struct options *options, const struct run *run, const char *path);

#endif
