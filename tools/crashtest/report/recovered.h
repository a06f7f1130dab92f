/* SPDX-License-Identifier: BSD-3-Clause */
/* recovered.h -- what was found of recoveries that were cut. */
#ifndef CRASHTEST_RECOVERED_H
#define CRASHTEST_RECOVERED_H

#include <stddef.h>
#include <stdint.h>

#include "common/volatiles.h"
#include "search/results.h"

/* A failure in one recovery or in several, at one place. */
struct recover_finding {
	struct group group;         /* stack and event belong to the trace */
	char *where;                /* the cut, as text */
	char *trace;                /* of the recovery, which is kept */
	char *of;                   /* "25:20": the image that it ran on */
	struct volatiles volatiles; /* what needs no flush, in the files of that trace */
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

#endif
