/* SPDX-License-Identifier: BSD-3-Clause */
/* volatiles.c -- the parts of files that need no flush. */
#include "volatiles.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "command.h"
#include "path.h"
#include "say.h"

bool volatiles_add(struct volatiles *list, const struct volatile_part *part)
{
	char *file = strdup(part->file);

	if (file == NULL ||
		!array_grow(&list->part, list->count, &list->room, sizeof(*list->part))) {
		free(file);
		return false;
	}
	list->part[list->count] = *part;
	list->part[list->count++].file = file;
	return true;
}

void volatiles_free(struct volatiles *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->part[i].file);
	free(list->part);
	*list = (struct volatiles){0};
}

bool volatiles_has_learnt(const struct volatiles *list)
{
	for (size_t i = 0; list != NULL && i < list->count; i++)
		if (list->part[i].learnt)
			return true;
	return false;
}

bool volatiles_copy(struct volatiles *to, const struct volatiles *from)
{
	*to = (struct volatiles){0};
	for (size_t i = 0; from != NULL && i < from->count; i++)
		if (!volatiles_add(to, &from->part[i]))
			return false;
	return true;
}

/* ---- options ---- */

/* A number, decimal or with 0x, up to *end: whether there is one that fits. */
static bool read_number(const char *text, const char **end, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *after;

	*end = text;
	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*number = strtoull(text, &after, hex ? 16 : 10);
	*end = after;
	return errno == 0 && (!hex || isxdigit((unsigned char)text[2]));
}

/* "OFFSET+LENGTH", up to *text. NULL, or what is wrong with it. */
static const char *read_range(const char **text, struct volatile_part *part)
{
	uint64_t length;

	if (!read_number(*text, text, &part->begin))
		return "the offset is not a number of bytes, decimal or with 0x, below 2^64";
	if (**text != '+')
		return "there has to be a \"+\" between the offset and the length";
	if (!read_number(*text + 1, text, &length))
		return "the length is not a number of bytes, decimal or with 0x, below 2^64";
	if (**text != '\0' && **text != ',')
		return "behind a length there may be a \",\" and another range, and nothing else";
	if (length == 0)
		return "a length of 0 names no byte";
	if (part->begin > INT64_MAX || length > INT64_MAX - part->begin)
		return "the range ends behind 2^63 - 1, where no file has bytes";
	part->end = part->begin + length;
	return NULL;
}

/* The file of a value, and the ranges that follow. NULL, or what is wrong with it. */
static const char *read_file(char *text, struct volatile_part *part, const char **ranges)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL)
		return "there has to be a \":\" between the file and the offset";
	*colon = '\0';
	*ranges = colon + 1;
	while (text[0] == '.' && text[1] == '/')
		for (text += 2; *text == '/';)
			text++;
	part->file = text;
	return text[0] == '\0' ? "there is no file before the \":\"" : NULL;
}

static const char *read_all(struct volatiles *list, char *text)
{
	struct volatile_part part = {0};
	const char *ranges, *wrong = read_file(text, &part, &ranges);

	while (wrong == NULL) {
		wrong = read_range(&ranges, &part);
		if (wrong == NULL && !volatiles_add(list, &part))
			wrong = "no memory";
		if (*ranges == '\0')
			break;
		ranges++;
	}
	return wrong;
}

int volatiles_read(struct volatiles *list, const char *option, const char *text)
{
	char *copy = strdup(text);
	const char *wrong = copy != NULL ? read_all(list, copy) : "no memory";

	free(copy);
	if (wrong == NULL)
		return 0;
	return say_failed("--%s %s: %s; it is FILE:OFFSET+LENGTH", option, text, wrong);
}

/* ---- copies ---- */

static bool is_named(const struct volatile_part *part, const char *file)
{
	char *a = realpath(part->file, NULL), *b = realpath(file, NULL);
	bool same = a != NULL && b != NULL && strcmp(a, b) == 0;

	free(a);
	free(b);
	while (file[0] == '.' && file[1] == '/')
		file += 2;
	return same || strcmp(part->file, file) == 0;
}

bool volatiles_move(struct volatiles *list, const char *file)
{
	for (size_t i = 0; i < list->count; i++) {
		char *name;

		if (!is_named(&list->part[i], file))
			continue;
		name = strdup(path_name(file));
		if (name == NULL)
			return false;
		free(list->part[i].file);
		list->part[i].file = name;
	}
	return true;
}

/* ---- as options ---- */

static bool is_same_file(const struct volatile_part *a, const struct volatile_part *b)
{
	return strcmp(a->file, b->file) == 0;
}

void volatiles_print(const struct volatiles *list, FILE *out)
{
	char *text = NULL;
	size_t size, i = 0;

	while (i < list->count) {
		const struct volatile_part *first = &list->part[i];
		FILE *value = first->unmapped ? NULL : open_memstream(&text, &size);

		for (; i < list->count && is_same_file(first, &list->part[i]); i++)
			if (value != NULL)
				fprintf(value, "%s%s0x%" PRIx64 "+%" PRIu64,
					&list->part[i] == first ? first->file : "",
					&list->part[i] == first ? ":" : ",", list->part[i].begin,
					list->part[i].end - list->part[i].begin);
		if (value == NULL || fclose(value) != 0)
			continue;
		fputs(" --volatile ", out);
		command_quote(out, text);
		free(text);
		text = NULL;
	}
}

/* ---- in order ---- */

static int by_place(const void *a, const void *b)
{
	const struct volatile_part *p = a, *q = b;
	int files = strcmp(p->file, q->file);

	if (files != 0)
		return files;
	return p->begin < q->begin ? -1 : p->begin > q->begin;
}

void volatiles_merge(struct volatiles *list)
{
	size_t count = 0;

	if (list->count > 0)
		qsort(list->part, list->count, sizeof(*list->part), by_place);
	for (size_t i = 0; i < list->count; i++) {
		struct volatile_part *p = &list->part[i],
				     *last = count > 0 ? &list->part[count - 1] : NULL;

		if (last == NULL || !is_same_file(p, last) || p->begin > last->end) {
			list->part[count++] = *p;
			continue;
		}
		if (p->end > last->end)
			last->end = p->end;
		free(p->file);
	}
	list->count = count;
}
