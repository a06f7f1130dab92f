/* SPDX-License-Identifier: BSD-3-Clause */
/* tool.h -- the subcommands of pmem2. */
#ifndef PMEM2_TOOL_H
#define PMEM2_TOOL_H

#include <stdbool.h>

enum { TOOL_OK, TOOL_REFUSED, TOOL_MISUSED }; /* exit status */

/* argv[0] is the subcommand's name. */
int tool_info(int argc, char *argv[]);
int tool_backends(int argc, char *argv[]);

/* Prints how the command is used; returns TOOL_OK. */
int tool_help(void);

/* The list that both print: a line for each backend, best first; or an array of JSON. */
void tool_list_backends(const char *indent);
void tool_list_backends_json(void);

/* Prints what PMEM2_BACKEND asks for and cannot be had; whether there is something. */
int tool_refuse_backends(void);

#endif
