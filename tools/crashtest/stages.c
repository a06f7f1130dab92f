/* SPDX-License-Identifier: BSD-3-Clause */
/* stages.c -- the commands that run on an image, one after another. */
#include "stages.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "options.h"

/* The command of a stage; NULL or "": there is none. */
static const char *format_of(const struct options *o, enum stage stage)
{
	switch (stage) {
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

		ret = images_path(images, i, path, sizeof(path));
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

int stages_make(struct stages *s, const struct options *o, const struct images *images,
	const char *ack)
{
	int ret = 0;

	*s = (struct stages){0};
	for (int stage = 0; ret == 0 && stage < STAGES; stage++) {
		if (!is_wanted(o, (enum stage)stage))
			continue;
		s->kind[s->count] = (enum stage)stage;
		ret = make(&s->command[s->count++], format_of(o, (enum stage)stage), images, ack);
	}
	return ret;
}

void stages_free(struct stages *s)
{
	for (unsigned i = 0; i < s->count; i++)
		command_free(&s->command[i]);
}

bool stages_name_ack(const struct options *o)
{
	for (int stage = 0; stage < STAGES; stage++)
		if (is_wanted(o, (enum stage)stage) &&
			command_names_ack(format_of(o, (enum stage)stage)))
			return true;
	return false;
}

const char *stages_who(enum stage stage)
{
	static const char *const names[STAGES] = {
		[STAGE_CHECK] = "the checker",
	};

	return names[stage];
}
