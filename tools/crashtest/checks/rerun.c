/* SPDX-License-Identifier: BSD-3-Clause */
/* rerun.c -- the program itself as the command that runs on an image. */
#include "rerun.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/command.h"
#include "common/options.h"
#include "common/path.h"
#include "common/say.h"
#include "replay/trace.h"

/* How many directories above a file of that path the name stands for; -1: it does not name it. */
static int levels_above(const char *path, const char *name)
{
	char real[PATH_MAX];
	size_t n;
	int levels = 0;

	if (realpath(name, real) == NULL)
		snprintf(real, sizeof(real), "%s", name);
	n = strlen(real);
	if (strncmp(path, real, n) != 0 || (path[n] != '\0' && path[n] != '/'))
		return -1;
	for (path += n; *path != '\0'; path++)
		levels += *path == '/';
	return levels;
}

static void write_directory(FILE *out, size_t file, int levels)
{
	if (levels > 0)
		fprintf(out, "\"$(dirname ");
	if (levels > 1)
		write_directory(out, file, levels - 1);
	else
		fprintf(out, "{%zu}", file + 1);
	if (levels > 0)
		fprintf(out, ")\"");
}

static void write_before(FILE *out, const char *argument, size_t size)
{
	char *before = strndup(argument, size);

	if (before != NULL)
		command_quote(out, before);
	free(before);
}

/* An argument that is the path of a file, or of its directory, or ends in it behind a "=". */
static bool write_file(FILE *out, const char *argument, const char *copy, const struct trace *trace)
{
	const char *name = strrchr(argument, '=');

	name = name != NULL ? name + 1 : argument;
	for (size_t i = 0; name[0] != '\0' && i < trace->files; i++) {
		const char *path = trace->file[i]->path;
		int levels = levels_above(path, name);

		if (copy != NULL && strcmp(argument, copy) == 0 &&
			strcmp(path_name(path), path_name(copy)) == 0)
			levels = 0; /* the program had a copy of that name */
		/* the root directory is above all files, and means none */
		if (levels < 0 || strcmp(name, "/") == 0)
			continue;
		if (name > argument)
			write_before(out, argument, (size_t)(name - argument));
		write_directory(out, i, levels);
		return true;
	}
	return false;
}

char *rerun_command(const struct options *o, const struct trace *trace)
{
	char *text = NULL;
	bool named = false;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL) {
		say_failed("no memory");
		return NULL;
	}
	for (size_t i = 0; o->program[i] != NULL; i++) {
		if (i > 0)
			fputc(' ', out);
		if (i > 0 && write_file(out, o->program[i], o->copy, trace))
			named = true;
		else
			command_quote(out, o->program[i]);
	}
	if (fclose(out) != 0 || !named) {
		say_failed(
			"--rerun: no argument of the program names %s, so it cannot be started on "
			"an image; give the command: --rerun=COMMAND",
			trace->files > 0 ? trace->file[0]->path : "a file");
		free(text);
		return NULL;
	}
	return text;
}

const char *rerun_input(void)
{
	struct stat st;

	return fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode) ? "/proc/self/fd/0" : NULL;
}
