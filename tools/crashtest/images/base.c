/* SPDX-License-Identifier: BSD-3-Clause */
/* base.c -- the images that a recovery ran on. */
#include "base.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"
#include "replay/trace.h"

static void free_places(char **place)
{
	for (size_t i = 0; place != NULL && place[i] != NULL; i++)
		free(place[i]);
	free(place);
}

static char **copy_places(char *const *place)
{
	size_t count = 0;
	char **copy;

	while (place[count] != NULL)
		count++;
	copy = calloc(count + 1, sizeof(char *));
	for (size_t i = 0; copy != NULL && i < count; i++) {
		copy[i] = strdup(place[i]);
		if (copy[i] == NULL) {
			free_places(copy);
			return NULL;
		}
	}
	return copy;
}

static bool has(const struct base *base, const struct trace *trace, const char *place)
{
	for (size_t i = 0; i < trace->files; i++) {
		const char *there = base_place(base, trace->file[i]->path);

		if (there != NULL && strcmp(there, place) == 0)
			return true;
	}
	return false;
}

/* A file that the recovery removed is no extra. */
static bool note_extra(struct base *base, const char *directory, size_t i, const char *prefix)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%.2000s/%.2000s", directory, base->place[i]);
	if (access(from, F_OK) != 0)
		return true;
	if (base->extra == NULL) {
		if (asprintf(&base->extra, "%s.extra", prefix) < 0)
			base->extra = NULL;
		if (base->extra == NULL || mkdir(base->extra, 0700) != 0)
			return false;
	}
	snprintf(to, sizeof(to), "%.4000s/%zu", base->extra, i);
	return place_copy(from, to) == 0;
}

static bool note_ack(struct base *base, const char *prefix, const char *ack)
{
	if (ack[0] == '\0')
		return true;
	if (asprintf(&base->ack, "%s.ack", prefix) < 0)
		base->ack = NULL;
	return base->ack != NULL && place_copy(ack, base->ack) == 0;
}

bool base_note(struct base *base, const char *directory, char *const *place,
	const struct trace *trace, const char *prefix, const char *ack)
{
	*base = (struct base){
		.root = realpath(directory, NULL),
		.place = copy_places(place),
	};
	if (base->root == NULL || base->place == NULL)
		return false;
	for (size_t i = 0; base->place[i] != NULL; i++)
		if (!has(base, trace, base->place[i]) && !note_extra(base, directory, i, prefix))
			return false;
	return note_ack(base, prefix, ack);
}

void base_free(struct base *base)
{
	char path[PATH_MAX];

	for (size_t i = 0; base->extra != NULL && base->place[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%.4000s/%zu", base->extra, i);
		unlink(path);
	}
	if (base->extra != NULL)
		rmdir(base->extra);
	if (base->ack != NULL)
		unlink(base->ack);
	free_places(base->place);
	free(base->root);
	free(base->extra);
	free(base->ack);
	*base = (struct base){0};
}

const char *base_place(const struct base *base, const char *path)
{
	size_t n = strlen(base->root);

	return strncmp(path, base->root, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* The directories above a path are made. */
static int make_directories(char *path, size_t root)
{
	for (char *slash = strchr(path + root + 1, '/'); slash != NULL;
		slash = strchr(slash + 1, '/')) {
		int ret;

		*slash = '\0';
		ret = mkdir(path, 0700);
		*slash = '/';
		if (ret != 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

int base_fill(const struct base *base, const char *directory)
{
	char from[PATH_MAX], to[PATH_MAX];
	int ret = 0;

	for (size_t i = 0; ret == 0 && base->extra != NULL && base->place[i] != NULL; i++) {
		snprintf(from, sizeof(from), "%.4000s/%zu", base->extra, i);
		snprintf(to, sizeof(to), "%.2000s/%.2000s", directory, base->place[i]);
		if (access(from, F_OK) != 0)
			continue;
		ret = make_directories(to, strlen(directory));
		if (ret == 0)
			ret = place_copy(from, to);
	}
	return ret;
}
