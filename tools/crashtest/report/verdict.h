/* SPDX-License-Identifier: BSD-3-Clause */
/* verdict.h -- all that was found about one process, and how it is printed. */
#ifndef CRASHTEST_VERDICT_H
#define CRASHTEST_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct group;
struct options;
struct outcome;
struct replay;
struct results;
struct run;
struct walked;

struct verdict {
	const struct options *options;
	const struct run *run;       /* NULL: the program was not run now */
	const struct replay *replay; /* at the end of the trace */
	const struct results *results;
	const struct walked *walked;
	double seconds; /* that the checks took */
};

/* Losses of the report that are findings. */
uint64_t verdict_losses(const struct verdict *v);

/* Whether the program failed by itself, and that is a finding. */
bool verdict_program_failed(const struct verdict *v);

/* "after the flush of append (log.c:17) < main (log.c:151)": where the cut of a group is. */
void verdict_cut_text(const struct verdict *v, const struct group *g, char *text, size_t size);

/* "the checker ended with status 1" */
void verdict_outcome_text(const struct outcome *outcome, double timeout, char *text, size_t size);

/* The command that makes the image of a group again. */
void verdict_again(const struct options *options, const struct group *g, const char *trace,
	FILE *out);

/* One failure: where the cut was, and the trace that makes the image again. */
void verdict_print_group(const struct options *options, const struct group *g, const char *where,
	const char *trace);

/* Likewise as an object of JSON, without what closes it. */
void verdict_json_group(const struct group *g, const char *where, FILE *out);

void verdict_print(const struct verdict *v);

/* An object of JSON, without what closes it. */
void verdict_print_json(const struct verdict *v, FILE *out);

#endif
