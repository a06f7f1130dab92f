/* SPDX-License-Identifier: BSD-3-Clause */
/* recover.h -- power cuts in recoveries, and what they leave for the next recovery. */
#ifndef CRASHTEST_RECOVER_H
#define CRASHTEST_RECOVER_H

struct options;
struct recovered;
struct recoveries;

/*
 * Cuts the recoveries that were kept, as deep as the options say. trace: that of the program; those of recoveries
 * with findings are kept beside it. 0 or an exit status; recover_free is right in both cases.
 */
int recover_test(const struct options *options, struct recoveries *list, const char *trace,
	struct recovered *recovered);
void recover_free(struct recovered *recovered);

#endif
