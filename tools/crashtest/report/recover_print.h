/* SPDX-License-Identifier: BSD-3-Clause */
/* recover_print.h -- what was found of recoveries that were cut, as it is printed. */
#ifndef CRASHTEST_RECOVER_PRINT_H
#define CRASHTEST_RECOVER_PRINT_H

#include <stdio.h>

struct options;
struct recovered;

void recover_print(const struct options *options, const struct recovered *recovered);

/* One more member of an object. */
void recover_print_json(const struct recovered *recovered, FILE *out);

#endif
