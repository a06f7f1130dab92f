/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * baseline.c -- a run that only opens and closes.
 *
 * Where stores are found by comparing, a byte that keeps its value was not stored, as far as is known. It runs
 * several times, each time with other addresses.
 */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/command.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "common/volatiles.h"
#include "images/place.h"
#include "replay/learn.h"
#include "run.h"

enum { RUNS = 3 };

/* Those of its children, too. */
static int learn_traces(struct volatiles *list, const char *trace, bool coherent)
{
	char pattern[PATH_MAX + 2];
	glob_t children = {0};
	int ret = learn(list, trace, coherent);

	snprintf(pattern, sizeof(pattern), "%.4000s.*[0-9]", trace);
	if (glob(pattern, 0, NULL, &children) == 0)
		for (size_t i = 0; ret == 0 && i < children.gl_pathc; i++)
			ret = learn(list, children.gl_pathv[i], coherent);
	globfree(&children);
	return ret;
}

/* How it ended, if not as it has to. */
static int check_end(const struct run *run, const struct options *o)
{
	if (signals_came() != 0)
		return say_failed("interrupted in the run of --baseline");
	if (run->stopped)
		return say_failed("--baseline: %s did not end in %g s", o->baseline,
			o->program_timeout);
	if (WIFSIGNALED(run->status))
		return say_failed("--baseline: %s died of signal %d", o->baseline,
			WTERMSIG(run->status));
	if (run->status != 0)
		return say_failed("--baseline: %s ended with status %d, and has to end with 0; it "
				  "runs %d times",
			o->baseline, WEXITSTATUS(run->status), o->exact ? 1 : RUNS);
	return 0;
}

static int run_once(struct volatiles *list, const struct options *o, struct command *command)
{
	struct options with = *o;
	struct run run = {0};
	int ret;

	with.program = command->argument;
	with.trace = with.copy = with.ack = with.ops = NULL;
	ret = run_program(&run, &with);
	if (ret != 0)
		say_failed("--baseline: nothing was learnt from %s", o->baseline);
	else
		ret = check_end(&run, o);
	if (ret == 0)
		ret = learn_traces(list, run.trace, o->coherent);
	run_finish(&run);
	return ret;
}

static int copy_again(const struct options *o, const char *copy)
{
	int ret;

	if (o->copy == NULL)
		return 0;
	unlink(copy);
	ret = place_copy(o->copy, copy);
	return ret == 0 || ret == -ENOENT ? 0 : say_failed("%s: %s", o->copy, strerror(-ret));
}

static int run_all(struct volatiles *list, const struct options *o, char *copy)
{
	char *paths[] = {copy, NULL};
	struct command command = {0};
	int ret = 0;

	if (command_make(&command, o->baseline, paths, "") != 0)
		ret = say_failed("--baseline: \"%s\" is no command", o->baseline);
	for (int i = 0; ret == 0 && i < (o->exact ? 1 : RUNS); i++) {
		ret = copy_again(o, copy);
		if (ret == 0)
			ret = run_once(list, o, &command);
	}
	command_free(&command);
	return ret;
}

/* What the program reads is not for this run. */
static int run_without_input(struct volatiles *list, const struct options *o, char *copy)
{
	int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), ret;

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	ret = run_all(list, o, copy);
	close(STDIN_FILENO);
	if (kept >= 0) {
		dup2(kept, STDIN_FILENO);
		close(kept);
	}
	if (null > STDIN_FILENO)
		close(null);
	return ret;
}

static bool add_all(struct options *o, const struct volatiles *learnt)
{
	if (o->volatiles == NULL)
		o->volatiles = calloc(1, sizeof(*o->volatiles));
	for (size_t i = 0; o->volatiles != NULL && i < learnt->count; i++)
		if (!volatiles_add(o->volatiles, &learnt->part[i]))
			return false;
	return o->volatiles != NULL;
}

int baseline_learn(struct options *o)
{
	char directory[PATH_MAX], copy[PATH_MAX];
	struct volatiles learnt = {0};
	int ret;

	snprintf(directory, sizeof(directory), "%.3000s/pmem2-crashtest.XXXXXX", place_temporary());
	if (mkdtemp(directory) == NULL)
		return say_failed("%s: %s", directory, strerror(errno));
	place_of_copy(copy, directory, o->copy != NULL ? o->copy : "file");
	ret = run_without_input(&learnt, o, copy);
	volatiles_merge(&learnt);
	if (ret == 0 && !add_all(o, &learnt))
		ret = say_failed("no memory");
	volatiles_free(&learnt);
	unlink(copy);
	rmdir(directory);
	return ret;
}
