/* SPDX-License-Identifier: BSD-3-Clause */
/* ops_learn.c -- the states after each number of operations, of runs that were not cut. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "checks/ops.h"
#include "checks/stages.h"
#include "common/command.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "images/place.h"
#include "run.h"

struct learning {
	struct ops *ops;
	const struct options *options;
	char directory[PATH_MAX];
	char file[PATH_MAX]; /* the copy that the program works on */
	struct command state;
};

/* Runs a command to its end; its status as of waitpid(2), or -1. */
static int run_command(const struct learning *l, const struct command *command, enum stage stage,
	const char *input, int output)
{
	char **environment = stages_environment(l->options, stage, NULL);
	int status = -1, ret = environment != NULL ? 0 : -ENOMEM;
	pid_t pid = 0, ended = 0;

	if (ret == 0)
		ret = command_spawn(command, input, environment, output, &pid);
	while (ret == 0 && ended == 0 && signals_came() == 0) {
		struct timespec pause = {.tv_nsec = 1000 * 1000};

		ended = waitpid(pid, &status, WNOHANG);
		nanosleep(&pause, NULL);
	}
	if (ret == 0 && ended == 0) {
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	stages_environment_free(environment);
	return ended > 0 ? status : -1;
}

/* The program with the first count operations. */
static int run_program_once(struct learning *l, size_t count)
{
	struct command command = {.argument = (char **)l->options->program};
	char **list = NULL, input[32];
	int in = ops_pipe(l->ops, count), out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	size_t words = 0;
	int status = -1;

	while (l->options->program[words] != NULL)
		words++;
	list = calloc(words + 1, sizeof(char *));
	for (size_t i = 0; list != NULL && i < words; i++)
		list[i] = strcmp(l->options->program[i], l->options->copy) == 0
		                  ? l->file
		                  : l->options->program[i];
	command.argument = list;
	snprintf(input, sizeof(input), "/proc/self/fd/%d", in);
	if (list != NULL && in >= 0 && out >= 0)
		status = run_command(l, &command, STAGE_RERUN, input, out);
	free(list);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	if (status == 0)
		return 0;
	return say_failed("--ops: the program fails after %zu operations, without any power cut",
		count);
}

/* What --state prints; false: it failed. */
static bool read_state(struct learning *l, uint64_t *state)
{
	int out = memfd_create("state", MFD_CLOEXEC);
	struct stat st;
	char *text = NULL;
	bool whole;

	whole = out >= 0 && run_command(l, &l->state, STAGE_STATE, NULL, out) == 0 &&
	        fstat(out, &st) == 0;
	if (whole)
		text = calloc(1, (size_t)st.st_size + 1);
	whole = text != NULL && pread(out, text, (size_t)st.st_size, 0) == st.st_size;
	if (whole)
		*state = ops_hash(text, command_hide(text, (size_t)st.st_size, l->file));
	free(text);
	if (out >= 0)
		close(out);
	return whole;
}

static int copy_again(const struct learning *l)
{
	int ret;

	unlink(l->file);
	ret = place_copy(l->options->copy, l->file);
	return ret == 0 || ret == -ENOENT ? 0 : say_failed("%s: %s", l->file, strerror(-ret));
}

static int learn_all(struct learning *l)
{
	struct ops *ops = l->ops;
	int ret = copy_again(l);

	if (ret == 0)
		ops->has_before = read_state(l, &ops->before);
	for (size_t i = 0; ret == 0 && i <= ops->count; i++) {
		ret = copy_again(l);
		if (ret == 0)
			ret = run_program_once(l, i);
		if (ret == 0 && !read_state(l, &ops->state[i]))
			ret = say_failed(
				"--ops: %s fails after %zu operations, without any power cut",
				l->options->state, i);
	}
	return ret;
}

int ops_learn(struct ops *ops, const struct options *o, const struct run *run)
{
	struct learning l = {.ops = ops, .options = o};
	size_t count = command_paths(o->state);
	char **paths = calloc(count + 1, sizeof(char *));
	int ret;

	snprintf(l.directory, sizeof(l.directory), "%.3000s/learn", run->directory);
	place_of_copy(l.file, l.directory, o->copy);
	for (size_t i = 0; paths != NULL && i < count; i++)
		paths[i] = l.file;
	if (paths == NULL || mkdir(l.directory, 0700) != 0)
		ret = say_failed("%s: %s", l.directory, strerror(errno));
	else if (command_make(&l.state, o->state, paths, "/dev/null") != 0)
		ret = say_failed("no memory");
	else
		ret = learn_all(&l);
	command_free(&l.state);
	unlink(l.file);
	rmdir(l.directory);
	free(paths);
	return ret;
}
