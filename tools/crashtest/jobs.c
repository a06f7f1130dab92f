/* SPDX-License-Identifier: BSD-3-Clause */
/* jobs.c -- runs checkers on images, several at a time. */
#include "jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "image.h"

struct worker {
	struct images images;
	struct command command;
	size_t command_images; /* how many images the command knows */
	int output;            /* what the checker prints */
	pid_t pid;             /* 0: idle */
	int pidfd;
	double deadline;
	struct check check;
	struct outcome *now; /* unless NULL, where the outcome goes instead */
};

static bool fail(struct jobs *jobs, const char *what, int error)
{
	if (!jobs->failed)
		crashtest_fail("%s: %s", what, strerror(error));
	jobs->failed = true;
	return false;
}

/* ---- where images are ---- */

static bool has_room(const char *directory, uint64_t bytes)
{
	struct statvfs st;

	return access(directory, W_OK) == 0 && statvfs(directory, &st) == 0 &&
	       (uint64_t)st.f_bavail * st.f_frsize / 2 > bytes;
}

static int make_directory(struct jobs *jobs)
{
	const char *tmp = getenv("TMPDIR");
	uint64_t bytes = 0;

	for (size_t i = 0; i < jobs->replay->media_count; i++)
		bytes += jobs->replay->media[i]->size * (uint64_t)jobs->count;
	if (jobs->options->directory != NULL)
		tmp = jobs->options->directory;
	else if (has_room("/dev/shm", bytes))
		tmp = "/dev/shm";
	snprintf(jobs->directory, sizeof(jobs->directory), "%s/pmem2-crashtest.XXXXXX",
		tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(jobs->directory) == NULL)
		return crashtest_fail("%s: %s", jobs->directory, strerror(errno));
	return 0;
}

static int init_worker(struct jobs *jobs, unsigned i)
{
	struct worker *w = &jobs->workers[i];
	char directory[PATH_MAX + 16];
	int ret;

	snprintf(directory, sizeof(directory), "%s/%u", jobs->directory, i);
	ret = images_init(&w->images, directory);
	w->output = memfd_create("output", MFD_CLOEXEC);
	if (ret != 0 || w->output < 0)
		return crashtest_fail("%s: %s", directory, strerror(ret != 0 ? -ret : errno));
	return 0;
}

int jobs_init(struct jobs *jobs, const struct options *options, const struct replay *replay)
{
	int ret;

	*jobs = (struct jobs){.options = options, .replay = replay, .count = options->jobs};
	jobs->workers = calloc(jobs->count, sizeof(*jobs->workers));
	if (jobs->workers == NULL)
		return crashtest_fail("no memory");
	ret = make_directory(jobs);
	for (unsigned i = 0; ret == 0 && i < jobs->count; i++)
		ret = init_worker(jobs, i);
	return ret;
}

void jobs_finish(struct jobs *jobs)
{
	for (unsigned i = 0; i < jobs->count; i++) {
		struct worker *w = &jobs->workers[i];

		if (w->pid > 0) {
			kill(-w->pid, SIGKILL);
			waitpid(w->pid, NULL, 0);
			close(w->pidfd);
		}
		images_finish(&w->images);
		command_free(&w->command);
		close(w->output);
	}
	rmdir(jobs->directory);
	free(jobs->workers);
}

/* ---- one check ---- */

static int make_command(struct jobs *jobs, struct worker *w)
{
	size_t count = w->images.count;
	const char **paths;
	int ret;

	if (w->command_images == count)
		return 0;
	paths = malloc((count + 1) * sizeof(char *));
	if (paths == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		paths[i] = w->images.image[i].path;
	command_free(&w->command);
	w->command_images = count;
	ret = command_make(&w->command, jobs->options->check, paths, count);
	free(paths);
	return ret;
}

static bool start(struct jobs *jobs, struct worker *w, const struct overlay *overlay)
{
	int ret = images_set(&w->images, jobs->replay, overlay);

	if (ret == 0)
		ret = make_command(jobs, w);
	if (ret != 0)
		return fail(jobs, jobs->directory, -ret);
	if (ftruncate(w->output, 0) != 0 || lseek(w->output, 0, SEEK_SET) < 0)
		return fail(jobs, "ftruncate", errno);

	ret = command_spawn(&w->command, w->output, &w->pid);
	if (ret != 0) {
		w->pid = 0;
		return fail(jobs, jobs->options->check, -ret);
	}
	w->pidfd = (int)syscall(SYS_pidfd_open, w->pid, 0);
	if (w->pidfd < 0)
		return fail(jobs, "pidfd_open", errno);
	w->deadline = crashtest_now() + jobs->options->timeout;
	return true;
}

/* "{}" in place of an image's path, which is gone when somebody reads it. */
static void hide_paths(const struct images *images, char *text)
{
	for (size_t i = 0; i < images->count; i++) {
		size_t length = strlen(images->image[i].path);
		char *at;

		while ((at = strstr(text, images->image[i].path)) != NULL) {
			at[0] = '{';
			at[1] = '}';
			memmove(at + 2, at + length, strlen(at + length) + 1);
		}
	}
}

/* The last line of what was printed, without what a terminal would take for commands. */
static void read_output(const struct worker *w, char *text, size_t size)
{
	char all[1024];
	off_t end = lseek(w->output, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(all) - 1 ? end - (off_t)sizeof(all) + 1 : 0;
	ssize_t n = pread(w->output, all, sizeof(all) - 1, from);
	char *line = all;

	all[n > 0 ? n : 0] = '\0';
	for (char *c = all; *c != '\0'; c++) {
		if (*c == '\n' && c[1] != '\0')
			line = c + 1;
		else if ((unsigned char)*c < ' ')
			*c = ' ';
	}
	line[strcspn(line, "\n")] = '\0';
	hide_paths(&w->images, line);
	snprintf(text, size, "%.*s", (int)size - 1, line);
}

static void finish(struct jobs *jobs, struct worker *w, bool hung)
{
	struct outcome outcome = {.kind = CHECK_HUNG};
	int status = 0;

	kill(-w->pid, SIGKILL); /* and what the checker left behind */
	waitpid(w->pid, &status, 0);
	close(w->pidfd);
	w->pid = 0;
	jobs->checked++;

	if (!hung && WIFSIGNALED(status)) {
		outcome.kind = CHECK_DIED;
		outcome.code = WTERMSIG(status);
	} else if (!hung) {
		outcome.code = WEXITSTATUS(status);
		outcome.kind = outcome.code == 0 ? CHECK_PASSED : CHECK_FAILED;
	}
	if (outcome.kind != CHECK_PASSED)
		read_output(w, outcome.output, sizeof(outcome.output));
	int ret = images_repair(&w->images, jobs->replay);
	if (ret != 0)
		fail(jobs, "an image cannot be repaired", -ret);

	if (w->now != NULL)
		*w->now = outcome;
	else
		jobs->done(jobs->arg, &w->check, &outcome);
	w->now = NULL;
}

/* ---- many ---- */

/* Waits until at least one of the running checks ends; false: none runs. */
static bool wait_for_one(struct jobs *jobs)
{
	struct pollfd fds[MOST_JOBS];
	double now = crashtest_now(), deadline = now + 1;
	bool running = false;

	for (unsigned i = 0; i < jobs->count; i++) {
		struct worker *w = &jobs->workers[i];

		fds[i] = (struct pollfd){.fd = w->pid > 0 ? w->pidfd : -1, .events = POLLIN};
		running = running || w->pid > 0;
		if (w->pid > 0 && w->deadline < deadline)
			deadline = w->deadline;
	}
	if (!running)
		return false;
	poll(fds, jobs->count, deadline > now ? (int)((deadline - now) * 1000) + 1 : 0);

	now = crashtest_now();
	for (unsigned i = 0; i < jobs->count; i++) {
		struct worker *w = &jobs->workers[i];

		if (w->pid > 0 && (fds[i].revents & POLLIN) != 0)
			finish(jobs, w, false);
		else if (w->pid > 0 && now >= w->deadline)
			finish(jobs, w, true);
	}
	return true;
}

static struct worker *idle_worker(struct jobs *jobs)
{
	for (;;) {
		for (unsigned i = 0; i < jobs->count; i++)
			if (jobs->workers[i].pid == 0)
				return &jobs->workers[i];
		wait_for_one(jobs);
	}
}

bool jobs_submit(struct jobs *jobs, const struct overlay *overlay, const struct check *check)
{
	struct worker *w = idle_worker(jobs);

	if (jobs->failed || crashtest_interrupted)
		return false;
	w->check = *check;
	return start(jobs, w, overlay);
}

void jobs_wait(struct jobs *jobs)
{
	while (wait_for_one(jobs))
		;
}

bool jobs_check(struct jobs *jobs, const struct overlay *overlay, struct outcome *outcome)
{
	struct worker *w = idle_worker(jobs);

	if (jobs->failed || crashtest_interrupted)
		return false;
	w->now = outcome;
	if (!start(jobs, w, overlay))
		return false;
	while (w->pid != 0)
		wait_for_one(jobs);
	return !jobs->failed;
}
