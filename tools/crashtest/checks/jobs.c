/* SPDX-License-Identifier: BSD-3-Clause */
/* jobs.c -- runs checkers on images, several at a time. */
#include "jobs.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "images/place.h"
#include "outcome.h"
#include "recoveries.h"
#include "replay/replay.h"
#include "worker.h"

struct job {
	struct worker *worker;
	double deadline;
	struct check check;
	struct outcome *now; /* unless NULL, where the outcome goes instead */
};

static bool fail(struct jobs *jobs, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says the first thing that goes wrong. */
static bool fail(struct jobs *jobs, const char *format, ...)
{
	char text[2 * PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!jobs->failed)
		say_failed("%s", text);
	jobs->failed = true;
	return false;
}

int jobs_init(struct jobs *jobs, const struct options *options, const struct replay *replay,
	unsigned count)
{
	char directory[PATH_MAX + 16];

	*jobs = (struct jobs){.options = options, .replay = replay};
	jobs->job = calloc(count, sizeof(*jobs->job));
	if (jobs->job == NULL)
		return say_failed("no memory for %u checkers", count);
	if (place_make(jobs->directory, sizeof(jobs->directory), options->directory, replay,
		    count) != 0)
		return CRASHTEST_FAILED;
	for (; jobs->count < count; jobs->count++) {
		snprintf(directory, sizeof(directory), "%s/%u", jobs->directory, jobs->count);
		jobs->job[jobs->count].worker = worker_new(directory, options, replay->trace);
		if (jobs->job[jobs->count].worker == NULL)
			return say_failed("%s: %s", directory, strerror(errno));
	}
	return 0;
}

void jobs_finish(struct jobs *jobs)
{
	for (unsigned i = 0; i < jobs->count; i++)
		worker_free(jobs->job[i].worker);
	if (jobs->directory[0] != '\0')
		rmdir(jobs->directory);
	free(jobs->job);
	*jobs = (struct jobs){0};
}

/* ---- one ---- */

static bool is_running(const struct job *job)
{
	return worker_descriptor(job->worker) >= 0;
}

static bool start(struct jobs *jobs, struct job *job, const struct overlay *overlay)
{
	int ret = worker_start(job->worker, jobs->replay, overlay);

	if (ret == -ENOSPC || ret == -EDQUOT)
		return fail(jobs,
			"%s: there is no room for images; name a larger place by --directory, or "
			"have fewer by --jobs",
			jobs->directory);
	if (ret == -ENOENT || ret == -EACCES)
		return fail(jobs, "%s: %s", worker_command(job->worker), strerror(-ret));
	if (ret != 0)
		return fail(jobs, "%s: %s", jobs->directory, strerror(-ret));
	job->deadline = clock_seconds() + jobs->options->timeout;
	return true;
}

static void finish(struct jobs *jobs, struct job *job, enum outcome_kind stopped)
{
	struct outcome outcome;
	int ret = worker_finish(job->worker, jobs->replay, (int)stopped, &outcome);

	if (ret != 0)
		fail(jobs, "%s: an image cannot be repaired: %s", jobs->directory, strerror(-ret));
	jobs->checked++;
	if (outcome.kind != CHECK_PASSED && job->now == NULL && jobs->options->recoveries != NULL)
		recoveries_forget(jobs->options->recoveries, &job->check);
	if (job->now != NULL)
		*job->now = outcome;
	else
		jobs->done(jobs->arg, &job->check, &outcome);
	job->now = NULL;
}

/* ---- many ---- */

/* The next command, or the end. */
static void go_on(struct jobs *jobs, struct job *job)
{
	int ret = worker_go_on(job->worker, job->now == NULL ? &job->check : NULL);

	if (ret == 1) {
		job->deadline = clock_seconds() + jobs->options->timeout;
		return;
	}
	if (ret != 0)
		fail(jobs, "%s: %s", worker_command(job->worker), strerror(-ret));
	finish(jobs, job, CHECK_PASSED);
}

static void look_after(struct jobs *jobs, struct job *job, bool ended)
{
	if (!worker_hear(job->worker))
		finish(jobs, job, CHECK_LOUD);
	else if (ended)
		go_on(jobs, job);
	else if (clock_seconds() >= job->deadline)
		finish(jobs, job, CHECK_HUNG);
}

/* Waits until a running check ends or prints something; false: none runs. */
static bool wait_for_one(struct jobs *jobs)
{
	struct pollfd fds[2 * OPTIONS_JOBS];
	double now = clock_seconds(), deadline = now + 1;
	bool running = false;

	for (unsigned i = 0; i < jobs->count; i++) {
		struct job *job = &jobs->job[i];

		fds[2 * i] = (struct pollfd){
			.fd = worker_descriptor(job->worker),
			.events = POLLIN,
		};
		fds[2 * i + 1] = (struct pollfd){
			.fd = worker_output(job->worker),
			.events = POLLIN,
		};
		running = running || is_running(job);
		if (is_running(job) && job->deadline < deadline)
			deadline = job->deadline;
	}
	if (!running)
		return false;
	poll(fds, 2 * jobs->count, deadline > now ? (int)((deadline - now) * 1000) + 1 : 0);
	for (unsigned i = 0; i < jobs->count; i++)
		if (is_running(&jobs->job[i]))
			look_after(jobs, &jobs->job[i], (fds[2 * i].revents & POLLIN) != 0);
	return true;
}

static struct job *idle_job(struct jobs *jobs)
{
	for (;;) {
		for (unsigned i = 0; i < jobs->count; i++)
			if (!is_running(&jobs->job[i]))
				return &jobs->job[i];
		wait_for_one(jobs);
	}
}

bool jobs_submit(struct jobs *jobs, const struct overlay *overlay, const struct check *check)
{
	struct job *job = idle_job(jobs);

	if (jobs->failed || signals_came() != 0)
		return false;
	job->check = *check;
	job->check.number = jobs->submitted++;
	return start(jobs, job, overlay);
}

void jobs_wait(struct jobs *jobs)
{
	while (wait_for_one(jobs))
		;
}

bool jobs_rewind(struct jobs *jobs)
{
	jobs_wait(jobs);
	for (unsigned i = 0; i < jobs->count && !jobs->failed; i++) {
		int ret = worker_rewind(jobs->job[i].worker, jobs->replay);

		if (ret != 0)
			return fail(jobs, "%s: %s", jobs->directory, strerror(-ret));
	}
	return !jobs->failed;
}

bool jobs_check(struct jobs *jobs, const struct overlay *overlay, struct outcome *outcome)
{
	struct job *job = idle_job(jobs);

	if (jobs->failed || signals_came() != 0)
		return false;
	job->now = outcome;
	if (!start(jobs, job, overlay)) {
		job->now = NULL;
		return false;
	}
	while (is_running(job))
		wait_for_one(jobs);
	return !jobs->failed;
}
