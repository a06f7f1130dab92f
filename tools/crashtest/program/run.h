/* SPDX-License-Identifier: BSD-3-Clause */
/* run.h -- runs the program under the backend powerfail, with a trace. */
#ifndef CRASHTEST_RUN_H
#define CRASHTEST_RUN_H

#include <limits.h>
#include <stdbool.h>

#include "ack.h"
#include "checks/ops.h"

struct options;

struct run {
	char directory[PATH_MAX]; /* what is made there is removed at the end */
	char trace[PATH_MAX];
	char copy[PATH_MAX + 8];
	struct ack ack;
	struct ops ops;
	bool keeps_trace;
	bool stopped; /* the program was: its time was over */
	int status;   /* as of waitpid(2) */
};

/*
 * Makes the directory and runs the program. 0, also if it failed or was interrupted, as long as it left a
 * trace; or an exit status.
 */
int run_program(struct run *run, const struct options *options);

/* Removes what is not to be kept. */
void run_finish(struct run *run);

#endif
