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
	"       pmem2 crashtest     find what a power cut would break of a program's files; has --help\n"
	"       pmem2 --help\n"
	"       pmem2 --version\n"
	"\n"
	"The answers are those that a program gets that is started in the same environment.\n"
	"Exit status: 0; 1 FILE cannot be mapped, or PMEM2_BACKEND's backend cannot be had; 2 usage.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char *argv[]);
} commands[] = {
	{"info", tool_info},
	{"backends", tool_backends},
	{"crashtest", tool_crashtest},
};

int main(int argc, char *argv[])
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		if (argc > 2 && strcmp(argv[2], "--help") == 0 && commands[i].run != tool_crashtest)
			name = argv[2];
		else
			return commands[i].run(argc - 2, argv + 2);
	}
	if (strcmp(name, "--help") == 0) {
		fputs(usage, stdout);
		return TOOL_OK;
	}
	if (strcmp(name, "--version") == 0) {
		puts("pmem2 " VERSION);
		return TOOL_OK;
	}

	if (argc > 1)
		fprintf(stderr, "pmem2: there is no command %s\n", name);
	fputs(usage, stderr);
	return TOOL_MISUSED;
}
