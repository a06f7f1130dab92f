/* SPDX-License-Identifier: BSD-3-Clause */
/* process.h -- one process that left a trace: what a power cut would break of its files. */
#ifndef CRASHTEST_PROCESS_H
#define CRASHTEST_PROCESS_H

#include <stdbool.h>

struct family;
struct options;
struct run;

struct process {
	const char *trace;
	struct family *family; /* NULL: it is the first of it */
	const struct run *run; /* NULL, or it ended just now */
	const char *svg;       /* the file for its picture; NULL: none is wanted */
	const char *html;      /* that for the page, likewise */
	bool found;            /* something was */
	bool drawn;            /* the picture was made: there was something to be drawn */
	char *json; /* an object without what closes it, if that is wanted; to be freed */
};

/* Tests it, and prints what was found. Returns an exit status. */
int process_test(struct process *p, const struct options *options);

#endif
