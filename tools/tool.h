/* SPDX-License-Identifier: BSD-3-Clause */
/* tool.h -- the subcommands of pmem2. */
#ifndef PMEM2_TOOL_H
#define PMEM2_TOOL_H

enum { TOOL_OK, TOOL_REFUSED, TOOL_MISUSED }; /* exit status */

/* Each gets its own arguments, without the subcommand's name. */
int tool_info(int argc, char *argv[]);
int tool_backends(int argc, char *argv[]);

/* The list that both print: a line for each backend, best first. */
void tool_list_backends(const char *indent);

/* Prints what PMEM2_BACKEND asks for and cannot be had; whether there is something. */
int tool_refuse_backends(void);

#endif
