/* SPDX-License-Identifier: BSD-3-Clause */
/* command.h -- the checker's command line, with the paths of images in it. */
#ifndef CRASHTEST_COMMAND_H
#define CRASHTEST_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct command {
	char **argument; /* NULL ends */
	char *text;      /* that they point into */
};

enum { COMMAND_PATHS = 1000 }; /* a placeholder has a number up to that */

/* How many paths a command names: the highest n of its {n}; {} is {1}. */
size_t command_paths(const char *format);

/* Whether a command names the file of what was acknowledged: {ack}. */
bool command_names_ack(const char *format);

/*
 * Puts the n-th path in place of each {n}, the first in place of {}, and ack in place of
 * {ack}. A command without anything that a shell would care for is run as it is, any other by sh. 0 or -errno.
 */
int command_make(struct command *command, const char *format, char *const *paths, const char *ack);
void command_free(struct command *command);

/* Runs it in a process group of its own, what it prints to output; input NULL: it has none. 0 or -errno. */
int command_spawn(const struct command *command, const char *input, char **environment, int output,
	pid_t *pid);

/* Puts "{}" in place of a path in a text, which 0 ends behind its size. Returns the size then. */
size_t command_hide(char *text, size_t size, const char *path);

/* Prints a text so that a shell takes it for one word. */
void command_quote(FILE *out, const char *text);

#endif
