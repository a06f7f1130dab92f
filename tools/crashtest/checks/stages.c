/* SPDX-License-Identifier: BSD-3-Clause */
/* stages.c -- the commands that run on an image, one after another. */
#include "stages.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/options.h"
#include "images/image.h"
#include "rerun.h"

/* The command of a stage; NULL or "": there is none. */
static const char *format_of(const struct options *o, enum stage stage)
{
	switch (stage) {
	case STAGE_RECOVER:
		return o->recover;
	case STAGE_THEN:
		return o->then;
	case STAGE_RERUN:
		return o->rerun;
	case STAGE_STATE:
		return o->state;
	case STAGE_CHECK:
		return o->check;
	default:
		return NULL;
	}
}

static bool is_wanted(const struct options *o, enum stage stage)
{
	const char *format = format_of(o, stage);

	return format != NULL && format[0] != '\0';
}

static int make(struct command *command, const char *format, const struct images *images,
	const char *ack)
{
	size_t count = command_paths(format);
	char **paths = calloc(count + 1, sizeof(char *));
	int ret = paths != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; ret == 0 && i < count; i++) {
		char path[PATH_MAX];

		ret = images_path_of(images, i, path, sizeof(path));
		paths[i] = ret == 0 ? strdup(path) : NULL;
		if (ret == 0 && paths[i] == NULL)
			ret = -ENOMEM;
	}
	if (ret == 0)
		ret = command_make(command, format, paths, ack);
	for (size_t i = 0; paths != NULL && i < count; i++)
		free(paths[i]);
	free(paths);
	return ret;
}

/* ---- environments ---- */

/* Of what makes a trace of the program nothing is for the commands, but what is given to them. */
static bool is_passed(const char *setting)
{
	return strncmp(setting, "PMEM2_POWERFAIL_", 16) != 0 &&
	       strcmp(setting, "PMEM2_BACKEND=powerfail") != 0;
}

static bool add(char **list, const char *name, const char *value)
{
	size_t count = 0, n = strlen(name);

	if (value == NULL)
		return true;
	while (list[count] != NULL && (strncmp(list[count], name, n) != 0 || list[count][n] != '='))
		count++;
	free(list[count]);
	if (asprintf(&list[count], "%s=%s", name, value) >= 0)
		return true;
	list[count] = NULL;
	return false;
}

/* It does with the image what the program would, and is traced as the program was, if trace is given. */
static bool set_stage(char **list, const struct options *o, enum stage stage, const char *trace)
{
	if (stage == STAGE_CHECK)
		return true;
	if (!add(list, "PMEM2_FORCE_GRANULARITY", o->granularity))
		return false;
	if (stage != STAGE_RECOVER || trace == NULL)
		return true;
	return add(list, "PMEM2_BACKEND", "powerfail") &&
	       add(list, "PMEM2_POWERFAIL_TRACE", trace) &&
	       add(list, "PMEM2_POWERFAIL_STACKS", "1") &&
	       add(list, "PMEM2_POWERFAIL_DIRTY", o->evictions ? "1" : "auto");
}

void stages_environment_free(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

char **stages_environment(const struct options *o, enum stage stage, const char *trace)
{
	size_t count = 0, kept = 0;
	bool whole;
	char **list;

	while (environ[count] != NULL)
		count++;
	list = calloc(count + 8, sizeof(char *));
	whole = list != NULL;
	for (size_t i = 0; whole && i < count; i++)
		if (is_passed(environ[i])) {
			list[kept] = strdup(environ[i]);
			whole = list[kept++] != NULL;
		}
	if (whole && set_stage(list, o, stage, trace))
		return list;
	stages_environment_free(list);
	return NULL;
}

/* ---- all of them ---- */

int stages_make(struct stages *s, const struct options *o, const struct images *images,
	const char *ack, const char *trace)
{
	int ret = 0;

	*s = (struct stages){0};
	for (int stage = 0; ret == 0 && stage < STAGES; stage++) {
		if (!is_wanted(o, (enum stage)stage))
			continue;
		s->kind[s->count] = (enum stage)stage;
		s->format[s->count] = format_of(o, (enum stage)stage);
		s->input[s->count] =
			stage == STAGE_RERUN && o->reruns_program ? rerun_input() : NULL;
		s->environment[s->count] = stages_environment(o, (enum stage)stage, trace);
		if (s->environment[s->count] == NULL)
			return -ENOMEM;
		ret = make(&s->command[s->count], s->format[s->count], images, ack);
		s->count++;
	}
	return ret;
}

void stages_free(struct stages *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		command_free(&s->command[i]);
		stages_environment_free(s->environment[i]);
	}
}

bool stages_name_ack(const struct options *o)
{
	for (int stage = 0; stage < STAGES; stage++)
		if (is_wanted(o, (enum stage)stage) &&
			command_names_ack(format_of(o, (enum stage)stage)))
			return true;
	return false;
}

const char *stages_token(enum stage stage)
{
	static const char *const tokens[STAGES] = {
		[STAGE_RECOVER] = "recover",
		[STAGE_THEN] = "then",
		[STAGE_RERUN] = "rerun",
		[STAGE_STATE] = "state",
		[STAGE_CHECK] = "check",
	};

	return tokens[stage];
}

const char *stages_who(enum stage stage)
{
	static const char *const names[STAGES] = {
		[STAGE_RECOVER] = "the recovery",
		[STAGE_THEN] = "the command of --then",
		[STAGE_RERUN] = "the program that was started again",
		[STAGE_STATE] = "the command of --state",
		[STAGE_CHECK] = "the checker",
	};

	return names[stage];
}
