/* SPDX-License-Identifier: BSD-3-Clause */
/* outcome.h -- an image that is checked, and how the checker ended. */
#ifndef CRASHTEST_OUTCOME_H
#define CRASHTEST_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

/* Where a power cut is. */
enum cut { CUT_FLUSH, CUT_DRAIN, CUT_EXIT };

enum { CHECK_NAME = 128 };

/* What is being checked, for whoever gets the outcome. */
struct check {
	uint64_t event;
	uint32_t stack;
	enum cut cut;
	bool torn;             /* a line holds what it never held as a whole */
	char name[CHECK_NAME]; /* of the choice */
	uint64_t number;       /* of those that were submitted; jobs_submit() sets it */
};

/* What runs on an image, in this order. */
enum stage { STAGE_RECOVER, STAGE_THEN, STAGE_RERUN, STAGE_STATE, STAGE_CHECK, STAGES };

/*
 * HUNG: it took longer than it may. LOUD: it printed more than it may. REPORTED: a sanitizer did. STATE: what it
 * printed is the state after no number of operations that is right there.
 */
enum outcome_kind {
	CHECK_PASSED,
	CHECK_FAILED,
	CHECK_DIED,
	CHECK_HUNG,
	CHECK_LOUD,
	CHECK_REPORTED,
	CHECK_STATE
};

struct outcome {
	enum outcome_kind kind;
	enum stage stage; /* which command it is about */
	int code;         /* exit status, or signal */
	char output[256]; /* the last line that the checker printed */
};

#endif
