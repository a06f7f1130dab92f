/* SPDX-License-Identifier: BSD-3-Clause */
/* command.c -- the checker's command line. */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char shell_signs[] = "|&;<>()$`\\\"'*?[]#~={}!\n";

/* ---- the text ---- */

enum { ACK = COMMAND_PATHS }; /* the number of the path of {ack} */

/* "{}", "{n}" or "{ack}" at text: its length, and which path, from 0 on; 0: none of them. */
static size_t placeholder(const char *text, size_t *path)
{
	char *end;

	if (text[0] != '{')
		return 0;
	*path = ACK;
	if (strncmp(text, "{ack}", 5) == 0)
		return 5;
	*path = 0;
	if (text[1] == '}')
		return 2;
	if (text[1] < '1' || text[1] > '9')
		return 0;
	*path = strtoul(text + 1, &end, 10) - 1;
	return *end == '}' && *path < COMMAND_PATHS ? (size_t)(end + 1 - text) : 0;
}

size_t command_paths(const char *format)
{
	size_t path, count = 0;

	for (const char *c = format; *c != '\0'; c++)
		if (placeholder(c, &path) > 0 && path != ACK && path >= count)
			count = path + 1;
	return count;
}

bool command_names_ack(const char *format)
{
	return strstr(format, "{ack}") != NULL;
}

static bool needs_shell(const char *format)
{
	size_t path;

	for (const char *c = format; *c != '\0'; c++) {
		size_t n = placeholder(c, &path);

		if (n > 0)
			c += n - 1;
		else if (strchr(shell_signs, *c) != NULL)
			return true;
	}
	return false;
}

static void write_path(FILE *out, const char *path, bool quoted)
{
	if (!quoted) {
		fputs(path, out);
		return;
	}
	fputc('\'', out);
	for (; *path != '\0'; path++)
		fputs(*path == '\'' ? "'\\''" : (char[]){*path, '\0'}, out);
	fputc('\'', out);
}

void command_quote(FILE *out, const char *text)
{
	if (text[0] != '\0' && text[strcspn(text, shell_signs)] == '\0' &&
		strpbrk(text, " \t") == NULL) {
		fputs(text, out);
		return;
	}
	write_path(out, text, true);
}

/* With \1 for each blank between words, if they are to be split. */
static char *fill_in(const char *format, char *const *paths, const char *ack, bool shell)
{
	char *text = NULL;
	size_t size, path;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (const char *c = format; *c != '\0'; c++) {
		size_t n = placeholder(c, &path);

		if (n > 0) {
			write_path(out, path == ACK ? ack : paths[path], shell);
			c += n - 1;
		} else {
			fputc(!shell && isblank((unsigned char)*c) ? '\1' : *c, out);
		}
	}
	if (fclose(out) != 0)
		return NULL;
	return text;
}

int command_make(struct command *command, const char *format, char *const *paths, const char *ack)
{
	static char sh[] = "/bin/sh", c[] = "-c";
	bool shell = needs_shell(format);
	size_t n = 0;
	char *state;

	command->text = fill_in(format, paths, ack, shell);
	if (command->text == NULL)
		return -ENOMEM;
	command->argument = calloc(strlen(command->text) + 4, sizeof(char *));
	if (command->argument == NULL)
		return -ENOMEM;

	if (shell) {
		command->argument[n++] = sh;
		command->argument[n++] = c;
		command->argument[n++] = command->text;
		return 0;
	}
	for (char *word = strtok_r(command->text, "\1", &state); word != NULL;
		word = strtok_r(NULL, "\1", &state))
		command->argument[n++] = word;
	return n > 0 ? 0 : -EINVAL;
}

void command_free(struct command *command)
{
	free(command->argument);
	free(command->text);
	*command = (struct command){0};
}

size_t command_hide(char *text, size_t size, const char *path)
{
	size_t length = strlen(path);
	char *at = text;

	while ((at = memmem(at, size - (size_t)(at - text), path, length)) != NULL) {
		at[0] = '{';
		at[1] = '}';
		memmove(at + 2, at + length, size + 1 - (size_t)(at - text) - length);
		size -= length - 2;
		at += 2;
	}
	return size;
}

/* ---- the process ---- */

static int spawn(const struct command *command, int input, char **environment, int output,
	pid_t *pid, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	error = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
	if (error == 0)
		error = posix_spawnp(pid, command->argument[0], actions, attributes,
			command->argument, environment);
	return -error;
}

static int spawn_with(const struct command *command, int input, char **environment, int output,
	pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int ret = -posix_spawn_file_actions_init(&actions);

	if (ret != 0)
		return ret;
	ret = -posix_spawnattr_init(&attributes);
	if (ret == 0) {
		ret = spawn(command, input, environment, output, pid, &actions, &attributes);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

/* What was opened before is opened once more: it is read from its beginning. */
int command_spawn(const struct command *command, const char *input, char **environment, int output,
	pid_t *pid)
{
	int fd = open(input != NULL ? input : "/dev/null", O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = spawn_with(command, fd, environment, output, pid);
	close(fd);
	return ret;
}
