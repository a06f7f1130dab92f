/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures in processes of their own: where code and memory lie differs from one to the next. */
#ifndef BENCH_PROCESSES_H
#define BENCH_PROCESSES_H 1

#include <stdio.h>
#include "results.h"

/*
 * Starts this program again, with argv and --rows, and adds the rows that it prints as one more
 * run. Ends the program with a message if that one fails.
 */
void processes_measure(struct results *results, char *const argv[]);

/* What --rows prints: the median of each row, to be read by processes_measure(). */
void processes_print(FILE *out, const struct results *results);

#endif
