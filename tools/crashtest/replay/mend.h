/* SPDX-License-Identifier: BSD-3-Clause */
/* mend.h -- a flush or a drain that the program lacks, put into its trace. */
#ifndef CRASHTEST_MEND_H
#define CRASHTEST_MEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sight.h"

struct pf_medium;
struct replay;

enum mend_kind {
	MEND_NONE,
	MEND_DRAIN,   /* a drain of the thread, after the event */
	MEND_FLUSH,   /* a flush of what the lines hold, before the event, which is a drain */
	MEND_PERSIST, /* the bytes become durable before the event */
	MEND_FLUSH_ALL, /* a flush of all that is stored and not flushed, before each drain of that call stack */
	MEND_DRAIN_ALL, /* a drain after each flush of that call stack */
};

enum { MEND_LINES = 32 };

struct mend {
	enum mend_kind kind;
	uint64_t event;
	uint32_t thread;
	bool in_order; /* each line is drained before the next one is flushed */
	uint64_t
		until; /* of MEND_PERSIST: records before this event have the bytes as they were; 0: none has */
	size_t count;
	struct bytes bytes
		[MEND_LINES]; /* their media are known by number alone: another replay has others */
	char text[768];       /* the sentence that proposes it */
};

/* One more line; false: there are too many. */
bool mend_add(struct mend *mend, const struct bytes *bytes);

/* Whether its place is before the next record that the replay is given. */
bool mend_is_here(const struct mend *mend, const struct replay *r);

/* What a record has of a line, if the program had stored the bytes that early. */
void mend_correct(const struct mend *mend, const struct replay *r, const struct pf_medium *medium,
	size_t line, char *content);

/* Whether it is at each event of a call stack, and not at one. */
bool mend_is_everywhere(const struct mend *mend);

/* It has so many steps, each of a flush and a drain. */
size_t mend_steps(const struct mend *mend);
void mend_flush(const struct mend *mend, struct replay *r, size_t step);
void mend_drain(const struct mend *mend, struct replay *r);

#endif
