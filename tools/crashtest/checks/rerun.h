/* SPDX-License-Identifier: BSD-3-Clause */
/* rerun.h -- the program itself as the command that runs on an image. */
#ifndef CRASHTEST_RERUN_H
#define CRASHTEST_RERUN_H

struct options;
struct trace;

/*
 * The program's command line, with {n} in place of the n-th file of its trace, and of the directory of one; to be
 * freed. NULL: there is no memory, or no argument names a file, which a sentence on standard error then tells.
 */
char *rerun_command(const struct options *options, const struct trace *trace);

/* Where a copy of the program's standard input is read from. */
const char *rerun_input(void);

#endif
