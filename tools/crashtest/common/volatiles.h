/* SPDX-License-Identifier: BSD-3-Clause */
/* volatiles.h -- the parts of files that need no flush, as they are named, or were learnt. */
#ifndef CRASHTEST_VOLATILES_H
#define CRASHTEST_VOLATILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct volatile_part {
	char *file; /* as it was named, or its path */
	uint64_t begin, end;
	bool learnt;   /* from --baseline */
	bool unmapped; /* no file of the trace is meant */
};

struct volatiles {
	struct volatile_part *part;
	size_t count, room;
};

/* One more. false: no memory. */
bool volatiles_add(struct volatiles *list, const struct volatile_part *part);

/* Adds what the value of an option names: "FILE:OFFSET+LENGTH,OFFSET+LENGTH...". 0 or an exit status. */
int volatiles_read(struct volatiles *list, const char *option, const char *text);

/* What is named as one file is meant for another, of the same name in some directory. false: no memory. */
bool volatiles_move(struct volatiles *list, const char *file);

/* Puts learnt parts in order, and makes one of those that touch. */
void volatiles_merge(struct volatiles *list);

/* Whether a part was learnt; list may be NULL. */
bool volatiles_has_learnt(const struct volatiles *list);

/* Makes a list with the parts of another, which may be NULL. false: no memory. */
bool volatiles_copy(struct volatiles *to, const struct volatiles *from);

/* Prints the options that name the parts that are mapped, for a shell. */
void volatiles_print(const struct volatiles *list, FILE *out);

void volatiles_free(struct volatiles *list);

#endif
