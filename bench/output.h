/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints results. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H 1

#include <stdbool.h>
#include <stdio.h>
#include "results.h"

/* For people: all rows, a title above each group. */
void output_table(FILE *out, const struct results *results, bool self);

/* One line a row, for plots and comparisons. */
void output_csv(FILE *out, const struct results *results);

/* Markdown: the machine, how many rows hold, those that do not, and a short table. */
void output_summary(FILE *out, const struct results *results, const char *peer, bool self);

#endif
