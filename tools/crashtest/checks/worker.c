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

#include "common/options.h"
#include "images/base.h"
#include "images/image.h"
#include "images/place.h"
#include "ops.h"
#include "outcome.h"
#include "recoveries.h"
#include "replay/replay.h"
#include "sanitizer.h"
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
	const struct ops *ops; /* of which an image has the state after some; or NULL */
	uint64_t left;         /* of them, as the replay has it */
	bool ended;            /* the program had reached its exit */
	bool right;            /* the state is that of right numbers of operations */
	long found;            /* after how many it is the state; -1: after none */
	FILE *whole;           /* all that is printed, if it is a state: */
	char *text;
	size_t size;
	char report[256]; /* of a sanitizer; "": there was none */
	pid_t pid;        /* 0: idle */
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
	w->ops = options->operations;
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

static void end_whole(struct worker *w)
{
	if (w->whole != NULL)
		fclose(w->whole);
	free(w->text);
	w->whole = NULL;
	w->text = NULL;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	if (w->pid > 0)
		end_command(w);
	images_finish(&w->images);
	stages_free(&w->stages);
	end_whole(w);
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
	if (w->stages.kind[w->stage] == STAGE_STATE) {
		w->whole = open_memstream(&w->text, &w->size);
		if (w->whole == NULL)
			return -ENOMEM;
	}
	int ret = command_spawn(&w->stages.command[w->stage], w->stages.input[w->stage],
		w->stages.environment[w->stage], w->output[1], &w->pid);

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
	w->kept[0] = w->report[0] = '\0';
	w->stage = 0;
	w->right = true;
	w->ended = w->images.base == NULL && r->exited;
	w->left = w->images.base != NULL ? w->images.base->left : r->left;
	return start_stage(w);
}

/* What --state printed is compared once; without it all is right. */
static bool is_right_state(struct worker *w)
{
	size_t done, size;
	uint64_t state;

	if (w->whole == NULL)
		return true;
	fflush(w->whole);
	size = w->size;
	for (size_t i = 0; i < w->images.count; i++)
		size = command_hide(w->text, size, w->images.image[i].path);
	state = ops_hash(w->text, size);
	done = ops_done(w->ops, w->left);
	w->right = ops_is_right(w->ops, done, w->ended, state);
	w->found = ops_find(w->ops, state);
	end_whole(w);
	return w->right;
}

/* The trace of a recovery that ended well is kept. */
static void end_recovery(struct worker *w, const struct check *check)
{
	if (w->recoveries != NULL && check != NULL && w->stages.kind[w->stage] == STAGE_RECOVER)
		recoveries_take(w->recoveries, &w->images, w->trace, w->ack, w->left, check);
}

int worker_go_on(struct worker *w, const struct check *check)
{
	siginfo_t info = {0};
	int ret;

	waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOWAIT);
	worker_hear(w);
	if (info.si_code != CLD_EXITED || info.si_status != 0 || w->report[0] != '\0' ||
		!is_right_state(w))
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

/* What is printed in two pieces is looked at together with the end of the piece before. */
static void look_for_report(struct worker *w, const char *piece, size_t n)
{
	char joint[2 * SANITIZER_MARK + 1];
	size_t kept = strlen(w->kept), before = kept < SANITIZER_MARK ? kept : SANITIZER_MARK;
	size_t behind = n < SANITIZER_MARK ? n : SANITIZER_MARK;

	if (w->stages.kind[w->stage] == STAGE_CHECK || w->report[0] != '\0')
		return;
	memcpy(joint, w->kept + kept - before, before);
	memcpy(joint + before, piece, behind);
	if (!sanitizer_find(piece, n, w->report, sizeof(w->report)))
		sanitizer_find(joint, before + behind, w->report, sizeof(w->report));
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
		if (w->whole != NULL)
			fwrite(piece, 1, (size_t)n, w->whole);
		look_for_report(w, piece, (size_t)n);
		keep(w, piece, (size_t)n);
	}
	return w->printed <= MOST_OUTPUT;
}

/* "{}" in place of an image's path, which is gone when somebody reads it. */
static void hide_paths(const struct images *images, char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < images->count; i++)
		size = command_hide(text, size, images->image[i].path);
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

static void tell_state(const struct worker *w, struct outcome *outcome)
{
	outcome->kind = CHECK_STATE;
	outcome->code = (int)ops_done(w->ops, w->left);
	if (w->found < 0)
		snprintf(outcome->output, sizeof(outcome->output),
			"the state after no number of operations");
	else
		snprintf(outcome->output, sizeof(outcome->output), "the state after %ld operations",
			w->found);
}

/* How the last command ended by itself. */
static void judge(struct worker *w, struct outcome *outcome)
{
	if (WIFSIGNALED(w->status)) {
		outcome->kind = CHECK_DIED;
		outcome->code = WTERMSIG(w->status);
	} else if (WEXITSTATUS(w->status) != 0) {
		outcome->kind = CHECK_FAILED;
		outcome->code = WEXITSTATUS(w->status);
	} else if (!w->right) {
		tell_state(w, outcome);
	}
	if (w->report[0] == '\0')
		return;
	outcome->kind = CHECK_REPORTED;
	outcome->code = 0;
	hide_paths(&w->images, w->report);
	snprintf(outcome->output, sizeof(outcome->output), "%s", w->report);
}

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
	if (stopped == CHECK_PASSED)
		judge(w, outcome);
	if (outcome->kind != CHECK_PASSED && outcome->output[0] == '\0')
		last_line(w, outcome->output, sizeof(outcome->output));
	end_whole(w);
	return images_repair(&w->images, r);
}
