/* SPDX-License-Identifier: BSD-3-Clause */
/* pmem2.c -- the command: what this library finds on this machine, and what it makes of a file. */
#include <stdio.h>
#include <string.h>

#include "crashtest/crashtest.h"
#include "tool.h"

static const char usage[] =
	"usage: pmem2 info [FILE]   print the CPU, the backends, the environment; or what a mapping\n"
	"                           of FILE, a file or a device such as /dev/dax0.0, would be\n"
	"       pmem2 backends      print the backends, best first, and why one is refused\n"
	"       pmem2 backends --test NAME\n"
	"                           test whether a backend keeps its contract\n"
	"       pmem2 crashtest     find what a power cut would break of a program's files; has --help\n"
	"       pmem2 --help | --version\n"
	"\n"
	"  -h, --help          print this; after crashtest, its options\n"
	"      --json          print for programs\n"
	"\n"
	"What is printed is what a program finds that is started in the same environment.\n"
	"Exit status: 0; 1 FILE cannot be mapped, a backend cannot be had, or breaks its contract, or\n"
	"some of that could not be shown; 2 usage.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char *argv[]);
} commands[] = {
	{"info", tool_info},
	{"backends", tool_backends},
	{"crashtest", tool_crashtest},
};

int tool_help(void)
{
	fputs(usage, stdout);
	return TOOL_OK;
}

int main(int argc, char *argv[])
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return tool_help();
	if (strcmp(name, "--version") == 0) {
		puts("pmem2 " VERSION);
		return TOOL_OK;
	}

	if (argc > 1)
		fprintf(stderr, "pmem2: there is no command %s\n", name);
	fputs(usage, stderr);
	return TOOL_MISUSED;
}
