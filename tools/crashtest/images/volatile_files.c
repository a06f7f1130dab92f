/* SPDX-License-Identifier: BSD-3-Clause */
/* volatile_files.c -- which files of a trace the parts that need no flush are in. */
#include "volatile_files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "common/path.h"
#include "common/volatiles.h"
#include "replay/trace.h"

/* Whether a path ends in a name, from the path's beginning or a slash on. */
static bool ends_in(const char *path, const char *name)
{
	size_t n = strlen(path), m = strlen(name);

	if (m > n || strcmp(path + n - m, name) != 0)
		return false;
	return m == n || name[0] == '/' || path[n - m - 1] == '/';
}

static bool is_same_place(const char *name, const char *path)
{
	char real[PATH_MAX];

	return realpath(name, real) != NULL && strcmp(real, path) == 0;
}

/* An image has the path of its file, from some directory on. */
static bool is_image_of(const struct trace *trace, const char *path, const char *file)
{
	const char *place = base_place(trace->base, path);

	return place != NULL && ends_in(file, place);
}

/* Whether the path of a file is that of an earlier one. */
static bool is_again(const struct trace *trace, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(trace->file[i]->path, trace->file[n]->path) == 0)
			return true;
	return false;
}

/* How many paths of the trace end in a name. */
static size_t count_named(const struct trace *trace, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < trace->files; i++)
		count += !is_again(trace, i) && strcmp(path_name(trace->file[i]->path), name) == 0;
	return count;
}

static bool has_path(const struct trace *trace, const char *path)
{
	for (size_t i = 0; i < trace->files; i++)
		if (strcmp(trace->file[i]->path, path) == 0)
			return true;
	return false;
}

/* What was learnt of one file is not taken for one of several others. */
static bool is_learnt_for(const struct trace *trace, const char *path, const char *file)
{
	if (has_path(trace, file))
		return strcmp(path, file) == 0;
	return strcmp(path_name(path), path_name(file)) == 0 &&
	       count_named(trace, path_name(file)) == 1;
}

static bool is_meant(const struct trace *trace, const char *path, const struct volatile_part *part)
{
	if (part->unmapped)
		return false;
	if (trace->base != NULL)
		return is_image_of(trace, path, part->file);
	if (part->learnt)
		return is_learnt_for(trace, path, part->file);
	return ends_in(path, part->file) || is_same_place(part->file, path);
}

/* The part in each file that is meant. */
static bool find(struct volatiles *list, const struct volatile_part *part,
	const struct trace *trace)
{
	struct volatile_part found = *part;

	found.unmapped = true;
	for (size_t i = 0; i < trace->files; i++) {
		found.file = (char *)trace->file[i]->path;
		if (is_again(trace, i) || !is_meant(trace, found.file, part))
			continue;
		found.unmapped = false;
		if (!volatiles_add(list, &found))
			return false;
	}
	found.file = part->file;
	return !found.unmapped || volatiles_add(list, &found);
}

bool volatile_files_find(struct volatiles *list, const struct volatiles *from,
	const struct trace *trace)
{
	*list = (struct volatiles){0};
	for (size_t i = 0; from != NULL && i < from->count; i++)
		if (!find(list, &from->part[i], trace)) {
			volatiles_free(list);
			return false;
		}
	return true;
}
