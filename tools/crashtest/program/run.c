/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c -- runs the program under the backend powerfail, with a trace. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "emulate.h"
#include "images/place.h"
#include "loaded.h"
#include "preload.h"
#include "registry_list.h"

enum { GRACE = 5 }; /* seconds, between SIGTERM and SIGKILL */

/* ---- before ---- */

static int make_directory(struct run *run, const struct options *options)
{
	snprintf(run->directory, sizeof(run->directory), "%s/pmem2-crashtest.XXXXXX",
		place_temporary());
	if (mkdtemp(run->directory) == NULL)
		return say_failed("%s: %s", run->directory, strerror(errno));

	run->keeps_trace = options->trace != NULL;
	if (options->trace != NULL)
		snprintf(run->trace, sizeof(run->trace), "%s", options->trace);
	else
		snprintf(run->trace, sizeof(run->trace), "%.4000s/trace", run->directory);
	if (access(run->trace, F_OK) == 0)
		return say_failed("%s is there already; name another trace", run->trace);
	return 0;
}

/* The program's arguments, with the copy in place of the file. */
static char **arguments(struct run *run, const struct options *options)
{
	size_t count = 0;
	char **list;

	while (options->program[count] != NULL)
		count++;
	list = calloc(count + 1, sizeof(char *));
	for (size_t i = 0; list != NULL && i < count; i++)
		list[i] = options->copy != NULL && strcmp(options->program[i], options->copy) == 0
		                  ? run->copy
		                  : options->program[i];
	return list;
}

static int make_copy(struct run *run, const struct options *options)
{
	int ret;

	if (options->copy == NULL)
		return 0;
	place_of_copy(run->copy, run->directory, options->copy);
	ret = place_copy(options->copy, run->copy);
	if (ret == -ENOENT)
		ret = 0; /* the program makes it */
	return ret == 0 ? 0 : say_failed("%s: %s", options->copy, strerror(-ret));
}

/* ---- the program ---- */

static void set_environment(const struct run *run, const struct options *options)
{
	if (options->granularity != NULL)
		setenv("PMEM2_FORCE_GRANULARITY", options->granularity, 1);
	if (options->exact) {
		emulate_environment(run->trace);
		return;
	}
	if (!options->no_preload)
		preload_environment(options->named_granularity);
	setenv("PMEM2_BACKEND", "powerfail", 1);
	setenv("PMEM2_POWERFAIL_TRACE", run->trace, 1);
	setenv("PMEM2_POWERFAIL_STACKS", "1", 1);
	setenv("PMEM2_POWERFAIL_DIRTY", options->evictions ? "1" : "auto", 1);
	unsetenv("PMEM2_POWERFAIL_REPORT");
	unsetenv("PMEM2_POWERFAIL_ACK");
	unsetenv("PMEM2_POWERFAIL_ACK_SOCKET");
	unsetenv("PMEM2_POWERFAIL_OPS");
}

/* What it prints is not ours: out of the way, unless it is asked for. */
static void set_output(const struct options *options)
{
	int fd = options->verbose ? STDERR_FILENO : open("/dev/null", O_WRONLY);

	if (fd >= 0)
		dup2(fd, STDOUT_FILENO);
}

/* Waits until the program ends, its time is over, or a signal comes: whether it ended. */
static bool wait_until(pid_t pid, int *status, double end, const struct ack *ack)
{
	pid_t ended;

	while ((ended = waitpid(pid, status, WNOHANG)) == 0) {
		struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};

		if (signals_came() != 0 || (end > 0 && clock_seconds() >= end))
			return false;
		ack_take(ack);
		nanosleep(&pause, NULL);
	}
	return ended == pid;
}

/* It may end by itself; a program that does not is killed. */
static void stop(pid_t pid, int *status)
{
	double end = clock_seconds() + GRACE;
	pid_t ended = 0;

	kill(pid, SIGTERM);
	while (ended == 0 && clock_seconds() < end) {
		struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};

		ended = waitpid(pid, status, WNOHANG);
		nanosleep(&pause, NULL);
	}
	if (ended != 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, status, 0);
}

static void set_input(int input, bool exact)
{
	if (input < 0)
		return;
	dup2(input, STDIN_FILENO);
	setenv(exact ? "PMEM2_EXACT_OPS" : "PMEM2_POWERFAIL_OPS", "1", 1);
}

static int execute(struct run *run, const struct options *options, char **list)
{
	int input = options->ops != NULL ? ops_pipe(&run->ops, run->ops.count) : -1;
	pid_t pid;

	if (options->ops != NULL && input < 0)
		return CRASHTEST_FAILED;
	pid = fork();
	if (pid == 0) {
		set_environment(run, options);
		set_output(options);
		ack_child(&run->ack, options->exact);
		set_input(input, options->exact);
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): list is not empty */
		execvp(list[0], list);
		say_failed("%s: %s", list[0], strerror(errno));
		_exit(127);
	}
	if (input >= 0)
		close(input);
	if (pid < 0)
		return say_failed("fork: %s", strerror(errno));
	double limit = options->program_timeout;
	if (!wait_until(pid, &run->status, limit > 0 ? clock_seconds() + limit : 0, &run->ack)) {
		run->stopped = signals_came() == 0;
		stop(pid, &run->status);
	}
	if (WIFEXITED(run->status) && WEXITSTATUS(run->status) == 127 &&
		access(run->trace, F_OK) != 0)
		return CRASHTEST_FAILED; /* the child said why */
	return 0;
}

/* The recorder said why on standard error. */
static bool is_refused(const struct run *run, const struct options *options)
{
	enum { REFUSED = 125 };

	return WIFEXITED(run->status) && WEXITSTATUS(run->status) == REFUSED &&
	       (options->exact || access(run->trace, F_OK) != 0);
}

/* How the program did not come to map a file; false: it had the time. */
static bool is_cut_short(const struct run *run, const struct options *options)
{
	if (run->stopped)
		say_failed("the program was stopped after %g s, and had mapped no file",
			options->program_timeout);
	else if (WIFSIGNALED(run->status))
		say_failed("the program died of signal %d before it mapped a file",
			WTERMSIG(run->status));
	return run->stopped || WIFSIGNALED(run->status);
}

/* Nothing was recorded: what has to be otherwise. */
static int explain_nothing(const struct run *run, const struct options *options)
{
	char loaded[PATH_MAX + 256], end[64] = "";

	if (WEXITSTATUS(run->status) != 0)
		snprintf(end, sizeof(end), ", and ended with status %d", WEXITSTATUS(run->status));
	loaded_explain(options->program[0], loaded, sizeof(loaded));
	if (options->no_preload || !preload_is_there())
		return say_failed("the program mapped no file through this libpmem2 and its "
				  "backend powerfail%s; %s",
			end, loaded);
	return say_failed(
		"the program mapped no file that can be followed%s: shared, to be written to, and "
		"with a name. What a static program maps, or one by system calls of its own, "
		"is seen by --exact alone. As to libpmem2, %s",
		end, loaded);
}

static int check_trace(const struct run *run, const struct options *options)
{
	struct pmem2_registry registry;

	if (is_refused(run, options))
		return say_failed("the program could not be recorded");
	if (access(run->trace, F_OK) == 0)
		return 0;
	if (signals_came() != 0)
		return say_failed("interrupted before the program mapped a file");
	if (options->exact)
		return say_failed(
			"the program mapped no file that is open for writing, shared, and "
			"has a name");
	/* the program may have another libpmem2, but most likely that is why */
	pmem2_registry_read(&registry, "powerfail");
	if (registry.error != 0)
		return say_failed("the program mapped no file: %s", registry.message);
	if (is_cut_short(run, options))
		return CRASHTEST_FAILED;
	return explain_nothing(run, options);
}

int run_program(struct run *run, const struct options *options)
{
	char **list, **emulated;
	int ret = make_directory(run, options);

	if (ret == 0)
		ret = make_copy(run, options);
	if (ret == 0 && options->ops != NULL)
		ret = ops_read(&run->ops, options->ops);
	if (ret == 0)
		ret = ack_begin(&run->ack, options->ack, run->directory);
	if (ret != 0)
		return ret;
	list = arguments(run, options);
	if (list == NULL)
		return say_failed("no memory");
	emulated = options->exact ? emulate_arguments(list) : NULL;
	ret = options->exact && emulated == NULL
	              ? CRASHTEST_FAILED
	              : execute(run, options, emulated != NULL ? emulated : list);
	free(emulated);
	free(list);
	if (ret == 0)
		ret = check_trace(run, options);
	if (ret == 0)
		ret = ack_end(&run->ack, run->trace);
	return ret == 0 && options->ops != NULL ? ops_learn(&run->ops, options, run) : ret;
}

/* ---- after ---- */

/* The trace has brothers if the program had children. */
static void remove_traces(const struct run *run)
{
	char pattern[PATH_MAX + 2];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%.4000s*", run->trace);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
}

void run_finish(struct run *run)
{
	ops_free(&run->ops);
	if (run->directory[0] == '\0')
		return;
	if (!run->keeps_trace)
		remove_traces(run);
	if (run->copy[0] != '\0')
		unlink(run->copy);
	ack_finish(&run->ack);
	rmdir(run->directory); /* unless the trace is in it */
}
