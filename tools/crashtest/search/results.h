/* SPDX-License-Identifier: BSD-3-Clause */
/* results.h -- failed checks, gathered by where the power cut was and how the checker ended. */
#ifndef CRASHTEST_RESULTS_H
#define CRASHTEST_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "checks/outcome.h"

struct mend;

/* What is wrong, as far as experiments can tell. */
enum fault {
	FAULT_UNKNOWN,
	FAULT_UNSTEADY,      /* the same image passes another time */
	FAULT_MISSING_FLUSH, /* what is lost was flushed by nobody */
	FAULT_PARTIAL_FLUSH, /* likewise, directly after a range that was flushed */
	FAULT_OTHER_THREAD,  /* it was flushed, and another thread drained */
	FAULT_MISSING_DRAIN, /* both were flushed, and no drain is between them */
	FAULT_WRONG_ORDER,   /* what needs it becomes durable first, or can */
	FAULT_NOT_ATOMIC,    /* two lines have to change together */
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
	struct outcome outcome; /* of the first that was submitted, whichever checker ended first */
	uint64_t number;        /* of that */
	bool torn;              /* only if the platform tears lines */
	uint64_t count;
	uint64_t settled; /* of them, when all that was tried had been checked */
	uint64_t event;   /* of the one that stands for all */
	char *name;       /* and its image */
	enum fault fault;
	char explanation[1792];
	char cause[1200]; /* tells it from another; "": it is like none */
	struct group *
		otherwise; /* these three, if something that was proposed is proven to help; or NULL */
	struct mend *mends; /* that may help, in the order in which they are to be tried */
	size_t mend_count;
	const struct mend *proven; /* with this one in the trace, it passes; NULL: none was found */
	struct {
		uint64_t event; /* 0: none was looked for, or found */
		char name[CHECK_NAME];
		size_t lost, parts; /* of what was on its way there */
	} least;                    /* the least that fails likewise */
	uint64_t place;             /* of what is lost: a number for its line; 0: not known */
	uint32_t
		field; /* likewise, where in its line it begins, and its size: elements of an array have it in common */
	bool is_told; /* both places of the cause are flushes: they tell it from another, whatever the checker said */
	uint64_t site
		[2]; /* call stacks of the flush of what is lost, and of what needs it: a number for each; 0: none */
	uint64_t merged; /* other groups with this cause, whose images are counted here */
};

struct results {
	struct group *group;
	size_t count;
	bool failed; /* no memory */
};

/* Writes into the group what its fault is. */
void results_conclude(struct group *group, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What it is if something that was proposed is proven to help: as the group has it now. */
void results_conclude_otherwise(struct group *group);

/* Something was proven to help: it is that then. */
void results_proven(struct group *group, const struct mend *mend);

/* Makes a copy of what is to be printed of a group; false: no memory. results_forget() frees it in both cases. */
bool results_copy(struct group *to, const struct group *from);
void results_forget(struct group *group);

/* A group has the cause of a known one, which something was proven to help. results_merge() gathers them. */
void results_join(struct results *results, size_t known, size_t group);

/*
 * Whether two groups, both diagnosed, have one cause, or one thing mends both. They may be of different traces of one
 * program.
 */
bool results_one_cause(const struct group *one, const struct group *other);

/* Likewise, of one trace: those that something was tried to mend. */
bool results_one_fault(const struct group *one, const struct group *other);

/* Gathers groups that are like each other in the first of them, or the first that something is proven to mend. */
void results_merge(struct results *results,
	bool (*alike)(const struct group *, const struct group *));

/* How far what a checker said has to be the same: not at all, two words of three, all but numbers. */
enum alike { ALIKE_ANYHOW, ALIKE_MOSTLY, ALIKE_BUT_NUMBERS };

/* Whether a checker ended in the same way, and said the same. */
bool results_alike(const struct outcome *a, const struct outcome *b, enum alike how);

void results_add(struct results *results, const struct check *check, const struct outcome *outcome);
size_t results_failed(const struct results *results);

/* In the order in which their first images were submitted, however long the checkers took. */
void results_sort(struct results *results);

/* All that was tried has been checked: from then on results_failed_at() counts it. */
void results_settle(struct results *results);
size_t results_failed_at(const struct results *results, uint32_t stack, enum cut cut);
/* Whether a checker hung there. */
bool results_hung_at(const struct results *results, uint32_t stack, enum cut cut);
void results_free(struct results *results);

/* "missing flush", or for programs to read "missing-flush" */
const char *results_fault_name(enum fault fault, bool token);

#endif
