/* SPDX-License-Identifier: BSD-3-Clause */
/* print.h -- what pmem2 crashtest says in the end. */
#ifndef CRASHTEST_PRINT_H
#define CRASHTEST_PRINT_H

#include "results.h"
#include "walk.h"

struct verdict {
	const struct options *options;
	const char *trace;
	const struct run *run; /* NULL: the program was not run now */
	struct replay *replay; /* at the end of the trace */
	const struct results *results;
	struct walked walked;
	double seconds;
};

/* Losses of the report that are findings. */
uint64_t verdict_losses(const struct verdict *v);

void print_text(const struct verdict *v);
void print_json(const struct verdict *v);

/* Draws addresses against events. 0 or an exit status. */
int draw_svg(const struct options *options, const char *trace, const struct results *results);

#endif
