/* SPDX-License-Identifier: BSD-3-Clause */
/* crashtest.h -- what the parts of pmem2 crashtest know of the command line, and of each other's results. */
#ifndef CRASHTEST_H
#define CRASHTEST_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "powerfail/report.h"

enum { CRASHTEST_CLEAN, CRASHTEST_FOUND, CRASHTEST_FAILED }; /* exit status */

enum { MOST_JOBS = 256 };

struct options {
	const char *check;       /* the checker's command, or NULL: report alone */
	char **program;          /* to be run, with its arguments; NULL: there is a trace */
	const char *trace;       /* where it is, or shall be kept; NULL: in the directory */
	const char *copy;        /* the file of which the program gets a copy, or NULL */
	const char *directory;   /* for images; NULL: chosen */
	const char *granularity; /* forced on the program; NULL: left alone */
	const char *svg;
	const char *image;  /* to be made again: EVENT:NAME */
	const char *output; /* for that */
	bool all, torn, evictions, json, verbose;
	bool ignored[PF_CLASSES]; /* losses that are no finding */
	unsigned jobs;
	double timeout; /* of a check, seconds */
	uint64_t seed;
	uint64_t samples; /* random images at a point */
};

/* Set by SIGINT and SIGTERM: what goes on ends, and cleans up behind itself. */
extern volatile sig_atomic_t crashtest_interrupted;

/* Prints a sentence on stderr, after "pmem2: "; answers CRASHTEST_FAILED. */
int crashtest_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Seconds since some moment. */
double crashtest_now(void);

/* ---- options.c: the command line ---- */

/* argv[0] is a name. 0, an exit status, or -1 after --help. */
int options_read(struct options *options, int argc, char *argv[]);

/* ---- run.c: the program ---- */

struct run {
	char directory[PATH_MAX]; /* what is made there is removed at the end */
	char trace[PATH_MAX];
	char copy[PATH_MAX + 8];
	bool keeps_trace;
	int status; /* as of waitpid(2) */
};

/* Makes the directory and runs the program with a trace. 0 or an exit status. */
int run_program(struct run *run, const struct options *options);

/* Removes what is not to be kept. */
void run_finish(struct run *run);

#endif
