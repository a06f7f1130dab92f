/* SPDX-License-Identifier: BSD-3-Clause */
/* results.h -- failed checks, gathered by where the power cut was and how the checker ended. */
#ifndef CRASHTEST_RESULTS_H
#define CRASHTEST_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "outcome.h"

/* What is wrong, as far as experiments can tell. */
enum fault {
	FAULT_UNKNOWN,
	FAULT_UNSTEADY,      /* the same image passes another time */
	FAULT_MISSING_FLUSH, /* what is lost was flushed by nobody */
	FAULT_PARTIAL_FLUSH, /* likewise, directly after a range that was flushed */
	FAULT_OTHER_THREAD,  /* it was flushed, and another thread drained */
	FAULT_UNORDERED, /* it was flushed, and what needs it is not held back until the drain */
	FAULT_ASTRIDE,   /* likewise, and both are parts of one thing across two lines */
	FAULT_TORN,      /* and both are in one line: --torn */
	FAULT_LINE_ORDER, /* of stores to one line, an earlier one can be durable without a later one */
	FAULT_OVERWRITTEN, /* of those, the later one puts right what the earlier one stored */
	FAULT_AFTER_FLUSH, /* what is lost was stored after its line was flushed, and before the drain */
	FAULT_STALE,    /* nothing is lost; what was there before the program began is in the way */
	FAULT_RECOVERY, /* nothing is lost */
	FAULT_TWICE,    /* nothing is lost: a recovery that was cut breaks the next one */
	FAULT_ACKNOWLEDGED, /* what is lost was flushed, and acknowledged before the drain */
	FAULTS
};

struct group {
	uint32_t stack;
	enum cut cut;
	struct outcome outcome; /* of the first */
	uint64_t count;
	uint64_t event; /* of the one that stands for all */
	char *name;     /* and its image */
	enum fault fault;
	char explanation[1024];
};

struct results {
	struct group *group;
	size_t count;
	bool failed; /* no memory */
};

void results_add(struct results *results, const struct check *check, const struct outcome *outcome);
size_t results_failed(const struct results *results);
size_t results_failed_at(const struct results *results, uint32_t stack, enum cut cut);
/* Whether a checker hung there. */
bool results_hung_at(const struct results *results, uint32_t stack, enum cut cut);
void results_free(struct results *results);

/* "missing flush", or for programs to read "missing-flush" */
const char *results_fault_name(enum fault fault, bool token);

#endif
