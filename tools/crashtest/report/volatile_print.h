/* SPDX-License-Identifier: BSD-3-Clause */
/* volatile_print.h -- what was left out because it needs no flush. */
#ifndef CRASHTEST_VOLATILE_PRINT_H
#define CRASHTEST_VOLATILE_PRINT_H

#include <stdio.h>

struct options;
struct replay;

/* The replay is at the end. */
void volatile_print(const struct options *options, const struct replay *r, FILE *out);

/* A member of an object of JSON, with the comma before it; nothing if none of the options was given. */
void volatile_print_json(const struct options *options, const struct replay *r, FILE *out);

#endif
