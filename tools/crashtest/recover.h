/* SPDX-License-Identifier: BSD-3-Clause */
/* recover.h -- power cuts in recoveries, and what they leave for the next recovery. */
#ifndef CRASHTEST_RECOVER_H
#define CRASHTEST_RECOVER_H

#include <stddef.h>
#include <stdint.h>

#include "results.h"

struct options;
struct recoveries;

/* A failure in one recovery or in several, at one place. */
struct recover_finding {
	struct group group; /* stack and event belong to the trace */
	char *where;        /* the cut, as text */
	char *trace;        /* of the recovery, which is kept */
	char *of;           /* "25:20": the image that it ran on */
};

struct recovered {
	uint64_t seen, cut; /* recoveries that changed something; those that were cut themselves */
	uint64_t without;   /* recoveries that left no trace */
	uint64_t points, images;
	double seconds;
	struct recover_finding *finding;
	size_t count;
	uint64_t losses; /* recoveries that left something not durable */
	char *report;    /* of the first of them */
};

/*
 * Cuts the recoveries that were kept, as deep as the options say. trace: that of the program; those of recoveries
 * with findings are kept beside it. 0 or an exit status; recover_free is right in both cases.
 */
int recover_test(const struct options *options, struct recoveries *list, const char *trace,
	struct recovered *recovered);
void recover_free(struct recovered *recovered);

#endif
