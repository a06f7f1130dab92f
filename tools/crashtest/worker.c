/* SPDX-License-Identifier: BSD-3-Clause */
/* worker.c -- a set of images, and the checker that runs on it. */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "options.h"
#include "outcome.h"
#include "image.h"
#include "base.h"
#include "place.h"
#include "recoveries.h"
#include "replay.h"
#include "stages.h"

enum {
	MOST_OUTPUT = 16 << 20, /* bytes that a checker may print */
	KEPT = 1024,            /* of the end of that */
};

struct worker {
	struct images images;
	struct stages stages;
	unsigned stage;                /* which of them runs */
	int status;                    /* of the last one that ended, as of waitpid(2) */
	char ack[PATH_MAX + 8];        /* the path of {ack}; "": no command names it */
	char trace[PATH_MAX + 8];      /* that the recovery leaves */
	struct recoveries *recoveries; /* that are kept; NULL: the recovery leaves no trace */
	int output[2];                 /* a pipe, of what the checker prints; [0] does not block */
	size_t printed;
	char kept[KEPT + 1];
	pid_t pid; /* 0: idle */
	int pidfd;
};

static int open_output(struct worker *w)
{
	if (pipe2(w->output, O_CLOEXEC) != 0)
		return -errno;
	return fcntl(w->output[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno;
}

struct worker *worker_new(const char *directory, const struct options *options,
	const struct trace *trace)
{
	struct worker *w = calloc(1, sizeof(*w));
	int ret;

	if (w == NULL)
		return NULL;
	w->output[0] = w->output[1] = w->pidfd = -1;
	if (stages_name_ack(options)) /* beside the images: programs may look around there */
		snprintf(w->ack, sizeof(w->ack), "%s.ack", directory);
	w->recoveries = options->recoveries;
	snprintf(w->trace, sizeof(w->trace), "%s.trace", directory);
	ret = images_init(&w->images, directory, trace);
	if (ret == 0)
		ret = open_output(w);
	if (ret == 0)
		ret = stages_make(&w->stages, options, &w->images, w->ack,
			options->recoveries != NULL ? w->trace : NULL);
	if (ret == 0)
		return w;
	worker_free(w);
	errno = -ret;
	return NULL;
}

/* The command, and what it left running. */
static void end_command(struct worker *w)
{
	kill(-w->pid, SIGKILL);
	waitpid(w->pid, &w->status, 0);
	if (w->pidfd >= 0)
		close(w->pidfd);
	w->pid = 0;
	w->pidfd = -1;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	if (w->pid > 0)
		end_command(w);
	images_finish(&w->images);
	stages_free(&w->stages);
	if (w->ack[0] != '\0')
		unlink(w->ack);
	for (int i = 0; i < 2; i++)
		if (w->output[i] >= 0)
			close(w->output[i]);
	free(w);
}

/* ---- start ---- */

static int write_ack(const struct worker *w, const struct said *said)
{
	int fd = open(w->ack, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), ret = 0;

	if (fd < 0)
		return -errno;
	for (size_t at = 0; at < said->size && ret == 0;) {
		ssize_t n = write(fd, said->text + at, said->size - at);

		at += n > 0 ? (size_t)n : 0;
		ret = n > 0 ? 0 : n < 0 ? -errno : -ENOSPC;
	}
	close(fd);
	return ret;
}

static int start_stage(struct worker *w)
{
	int ret = command_spawn(&w->stages.command[w->stage], w->stages.environment[w->stage],
		w->output[1], &w->pid);

	if (ret != 0) {
		w->pid = 0;
		return ret;
	}
	w->pidfd = (int)syscall(SYS_pidfd_open, w->pid, 0);
	if (w->pidfd < 0) {
		ret = -errno;
		end_command(w);
	}
	return ret;
}

int worker_start(struct worker *w, const struct replay *r, const struct overlay *overlay)
{
	int ret = images_set(&w->images, r, overlay);

	if (ret == 0 && w->ack[0] != '\0')
		ret = w->images.base != NULL && w->images.base->ack != NULL
		              ? place_copy(w->images.base->ack, w->ack)
		              : write_ack(w, &r->said);
	if (ret != 0)
		return ret;
	worker_hear(w); /* what the last one left in the pipe */
	w->printed = 0;
	w->kept[0] = '\0';
	w->stage = 0;
	return start_stage(w);
}

/* The trace of a recovery that ended well is kept. */
static void end_recovery(struct worker *w, const struct check *check)
{
	if (w->recoveries != NULL && check != NULL && w->stages.kind[w->stage] == STAGE_RECOVER)
		recoveries_take(w->recoveries, &w->images, w->trace, w->ack, check);
}

int worker_go_on(struct worker *w, const struct check *check)
{
	siginfo_t info = {0};
	int ret;

	waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOWAIT);
	if (info.si_code != CLD_EXITED || info.si_status != 0)
		return 0;
	end_recovery(w, check);
	if (w->stage + 1 == w->stages.count)
		return 0;
	end_command(w);
	w->stage++;
	ret = start_stage(w);
	return ret == 0 ? 1 : ret;
}

const char *worker_command(const struct worker *w)
{
	return w->stages.format[w->stage];
}

int worker_rewind(struct worker *w, const struct replay *r)
{
	return images_rewind(&w->images, r);
}

int worker_descriptor(const struct worker *w)
{
	return w->pid > 0 ? w->pidfd : -1;
}

int worker_output(const struct worker *w)
{
	return w->pid > 0 ? w->output[0] : -1;
}

/* ---- what it prints ---- */

/* Keeps the end of the text, and one more piece. */
static void keep(struct worker *w, const char *piece, size_t n)
{
	size_t kept = strlen(w->kept);

	if (n >= KEPT) {
		piece += n - KEPT;
		n = KEPT;
	}
	if (kept + n > KEPT) {
		size_t over = kept + n - KEPT;

		memmove(w->kept, w->kept + over, kept - over + 1);
		kept -= over;
	}
	memcpy(w->kept + kept, piece, n);
	w->kept[kept + n] = '\0';
}

bool worker_hear(struct worker *w)
{
	char piece[64 << 10];
	ssize_t n;

	while (w->printed <= MOST_OUTPUT && (n = read(w->output[0], piece, sizeof(piece))) > 0) {
		w->printed += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			if (piece[i] == '\0')
				piece[i] = ' ';
		keep(w, piece, (size_t)n);
	}
	return w->printed <= MOST_OUTPUT;
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
static void last_line(struct worker *w, char *text, size_t size)
{
	char *line = w->kept;

	for (char *c = w->kept; *c != '\0'; c++) {
		if (*c == '\n' && c[1] != '\0')
			line = c + 1;
		else if ((unsigned char)*c < ' ' && *c != '\n')
			*c = ' ';
	}
	line[strcspn(line, "\n")] = '\0';
	hide_paths(&w->images, line);
	snprintf(text, size, "%.*s", (int)size - 1, line);
}

/* ---- the end ---- */

int worker_finish(struct worker *w, const struct replay *r, int stopped, struct outcome *outcome)
{
	if (w->pid > 0)
		end_command(w);
	if (w->recoveries != NULL)
		recoveries_remove(w->trace);
	worker_hear(w);
	*outcome = (struct outcome){
		.kind = (enum outcome_kind)stopped,
		.stage = w->stages.kind[w->stage],
	};
	if (stopped == CHECK_PASSED && WIFSIGNALED(w->status)) {
		outcome->kind = CHECK_DIED;
		outcome->code = WTERMSIG(w->status);
	} else if (stopped == CHECK_PASSED) {
		outcome->code = WEXITSTATUS(w->status);
		outcome->kind = outcome->code == 0 ? CHECK_PASSED : CHECK_FAILED;
	}
	if (outcome->kind != CHECK_PASSED)
		last_line(w, outcome->output, sizeof(outcome->output));
	return images_repair(&w->images, r);
}
