/* SPDX-License-Identifier: BSD-3-Clause */
/* args.c -- what the subcommands other than crashtest understand. */
#include "args.h"

#include <getopt.h>
#include <stddef.h>

#include "tool.h"

int args_read(struct args *args, int argc, char *argv[])
{
	static const struct option list[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static char name[] = "pmem2";
	int c;

	*args = (struct args){0};
	argv[0] = name; /* which getopt_long puts before its messages */
	while ((c = getopt_long(argc, argv, "h", list, NULL)) != -1) {
		if (c == '?')
			return TOOL_MISUSED; /* getopt_long said why */
		args->json = args->json || c == 'j';
		args->help = args->help || c == 'h';
	}
	args->count = argc - optind;
	args->operand = argv + optind;
	return TOOL_OK;
}
