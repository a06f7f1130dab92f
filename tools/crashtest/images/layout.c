/* SPDX-License-Identifier: BSD-3-Clause */
/* layout.c -- where the images of several files are. */
#include "layout.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "replay/trace.h"

enum { LONGEST = 2048 }; /* of a place, characters: it is to fit below a directory for images */

/* How much of a path is the directory, with its slash. */
static size_t directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* How much of all paths is a directory that they have in common, with its slash. */
static size_t common_directory(const struct trace *trace)
{
	const char *first = trace->files > 0 ? trace->file[0]->path : "";
	size_t common = directory_of(first);

	for (size_t i = 1; i < trace->files; i++)
		while (common > 0 && strncmp(trace->file[i]->path, first, common) != 0)
			do {
				common--;
			} while (common > 0 && first[common - 1] != '/');
	return common;
}

/* Whether a file cannot be at one place while another is at the other. */
static bool are_in_the_way(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return (*a == '\0' && (*b == '\0' || *b == '/')) || (*b == '\0' && *a == '/');
}

/* Where the images of a program's files are, that of a recovery are, too. */
static const char *find_place(const struct trace *trace, size_t n, size_t common)
{
	const char *path = trace->file[n]->path;

	if (trace->base == NULL)
		return path + common;
	path = base_place(trace->base, path);
	return path != NULL ? path : "";
}

static char *place_of(const struct trace *trace, size_t n, size_t common, char **before)
{
	const char *path = trace->file[n]->path, *place = find_place(trace, n, common);
	bool fits = place[0] != '\0' && strlen(place) < LONGEST;
	char *own = NULL;

	for (size_t i = 0; fits && i < n; i++)
		fits = !are_in_the_way(place, before[i]);
	if (fits)
		return strdup(place);
	place = path + directory_of(path);
	if (asprintf(&own, "file-%zu/%.200s", n + 1, place[0] != '\0' ? place : "file") < 0)
		return NULL;
	return own;
}

char **layout_make(const struct trace *trace)
{
	char **places = calloc(trace->files + 1, sizeof(char *));
	size_t common = common_directory(trace);

	for (size_t i = 0; places != NULL && i < trace->files; i++) {
		places[i] = place_of(trace, i, common, places);
		if (places[i] == NULL) {
			layout_free(places);
			return NULL;
		}
	}
	return places;
}

void layout_free(char **places)
{
	for (size_t i = 0; places != NULL && places[i] != NULL; i++)
		free(places[i]);
	free(places);
}
