/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ops.h -- operations that the program reads line by line, and the state after each of them.
 *
 * The program gets them through a pipe that gives one line to one read(2). So it is known at each moment of its trace
 * how many it had read.
 */
#ifndef CRASHTEST_OPS_H
#define CRASHTEST_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;
struct run;

struct ops {
	char *text;
	size_t *end; /* of each operation in the text */
	size_t count;
	uint64_t *state; /* a hash of what --state prints after the first n of them, from 0 on */
	uint64_t before; /* likewise before the program began, */
	bool has_before; /* if there was a file */
};

/* Reads a file of them. 0 or an exit status; ops_free is right in both cases. */
int ops_read(struct ops *ops, const char *file);
void ops_free(struct ops *ops);

/* A pipe that holds the first count of them; -1: a sentence on standard error says why there is none. */
int ops_pipe(const struct ops *ops, size_t count);

/* Runs the program on a copy of the file for each number of operations, and learns the state. 0 or an exit status. */
int ops_learn(struct ops *ops, const struct options *options, const struct run *run);

/* How many were read, when so many bytes were left, and 1: as a replay has it. */
size_t ops_done(const struct ops *ops, uint64_t left);

/* A number for what --state printed. */
uint64_t ops_hash(const char *text, size_t size);

/* Whether that is the state before or after the last operation that was read; ended: only after it is right. */
bool ops_is_right(const struct ops *ops, size_t done, bool ended, uint64_t state);

/* After how many operations that is the state; -1: after none. */
long ops_find(const struct ops *ops, uint64_t state);

#endif
