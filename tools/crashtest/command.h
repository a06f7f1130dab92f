/* SPDX-License-Identifier: BSD-3-Clause */
/* command.h -- the checker's command line, with the paths of images in it. */
#ifndef CRASHTEST_COMMAND_H
#define CRASHTEST_COMMAND_H

#include <stddef.h>
#include <sys/types.h>

struct command {
	char **argument; /* NULL ends */
	char *text;      /* that they point into */
};

/*
 * Puts the path of the first image in place of each {}, that of the n-th in place of {n}. A command without
 * anything that a shell would care for is run as it is, any other by sh. 0 or -errno.
 */
int command_make(struct command *command, const char *format, const char *const *paths,
	size_t count);
void command_free(struct command *command);

/* Runs it in a process group of its own, what it prints to output. 0 or -errno. */
int command_spawn(const struct command *command, int output, pid_t *pid);

#endif
