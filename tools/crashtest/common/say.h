/* SPDX-License-Identifier: BSD-3-Clause */
/* say.h -- what pmem2 crashtest says on standard error while it works. */
#ifndef CRASHTEST_SAY_H
#define CRASHTEST_SAY_H

#include <stddef.h>
#include <stdint.h>

enum { CRASHTEST_CLEAN, CRASHTEST_FOUND, CRASHTEST_FAILED }; /* exit status */

/* Prints a sentence after "pmem2: "; returns CRASHTEST_FAILED. */
int say_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How far the work is. */
struct progress {
	double began, shown; /* when, in seconds; shown: the last time */
	double part;         /* of the work that is done, from 0 to 1 */
	uint64_t points, images;
	size_t failed;
};

void say_progress_begin(struct progress *progress);

/* Shows it if standard error is a terminal, and only now and then. */
void say_progress(struct progress *progress);

/* Takes it off the terminal. */
void say_progress_end(void);

#endif
