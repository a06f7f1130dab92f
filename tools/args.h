/* SPDX-License-Identifier: BSD-3-Clause */
/* args.h -- what the subcommands other than crashtest understand. */
#ifndef TOOLS_ARGS_H
#define TOOLS_ARGS_H

#include <stdbool.h>

struct args {
	bool json, help;
	int count; /* what is left: */
	char **operand;
};

/* argv[0] is the subcommand's name. 0 or an exit status, with a sentence on standard error. */
int args_read(struct args *args, int argc, char *argv[]);

#endif
