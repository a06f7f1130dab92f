/* SPDX-License-Identifier: BSD-3-Clause */
/* stages.h -- the commands that run on an image, one after another: recovery, use, checker. */
#ifndef CRASHTEST_STAGES_H
#define CRASHTEST_STAGES_H

#include "common/command.h"
#include "outcome.h"

struct images;
struct options;

struct stages {
	struct command command[STAGES];
	const char *format[STAGES]; /* that it was made of */
	const char *input[STAGES];  /* NULL: it has none */
	char **environment[STAGES];
	enum stage kind[STAGES];
	unsigned count;
};

/*
 * The commands of the options, with the paths of images and of {ack} in them. trace: where the recovery leaves
 * one; NULL: it leaves none. 0 or -errno.
 */
int stages_make(struct stages *stages, const struct options *options, const struct images *images,
	const char *ack, const char *trace);
void stages_free(struct stages *stages);

/* The environment of a command, likewise; NULL: no memory. */
char **stages_environment(const struct options *options, enum stage stage, const char *trace);
void stages_environment_free(char **environment);

/* Whether a command names {ack}. */
bool stages_name_ack(const struct options *options);

/* "the checker", as a sentence begins. */
const char *stages_who(enum stage stage);

/* "check", as the option is called. */
const char *stages_token(enum stage stage);

#endif
