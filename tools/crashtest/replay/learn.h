/* SPDX-License-Identifier: BSD-3-Clause */
/* learn.h -- which bytes of its files a program stores and never flushes. */
#ifndef CRASHTEST_LEARN_H
#define CRASHTEST_LEARN_H

#include <stdbool.h>

struct volatiles;

/*
 * Adds what the program of a trace, which ended just now, had stored and not flushed when a mapping or the
 * program ended. coherent: as a replay has it. 0 or an exit status.
 */
int learn(struct volatiles *list, const char *trace, bool coherent);

#endif
