/* SPDX-License-Identifier: BSD-3-Clause */
/* units.c -- what a power cut could leave at one point. */
#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "powerfail/model.h"
#include "replay.h"

static struct unit *add_unit(struct units *units)
{
	if (!array_grow(&units->unit, units->count, &units->room, sizeof(*units->unit)))
		return NULL;
	return &units->unit[units->count++];
}

const char *units_content(const struct unit *u, unsigned choice)
{
	const char *line = u->version[choice] != NULL ? u->version[choice]->content
	                                              : pmem2_pf_medium_line(u->medium, u->line);

	return line + u->at;
}

/* The choice that has that content, added if it is new; 0 if there are too many. */
static unsigned find_choice(struct unit *u, const struct pf_version *v)
{
	for (unsigned i = u->choices; i-- > 0;)
		if (memcmp(units_content(u, i), v->content + u->at, u->size) == 0)
			return i;
	if (u->choices == MOST_CHOICES)
		return 0;
	u->version[u->choices] = v;
	return u->choices++;
}

/* The versions of a line, oldest first; how many, at most the newest of them. */
static size_t versions_of(const struct replay *r, const struct pf_version *newest, unsigned how,
	const struct pf_version **list)
{
	const struct pf_version *found[MOST_CHOICES - 1];
	size_t count = 0;

	for (const struct pf_version *v = newest; count < MOST_CHOICES - 1;) {
		if (v->thread != NULL || (how & UNITS_EVICTED) != 0)
			found[count++] = v;
		if (v->older == 0)
			break;
		v = pmem2_pf_version(r->model, v->older);
	}
	for (size_t i = 0; i < count; i++)
		list[i] = found[count - 1 - i];
	return count;
}

static bool add_part(struct units *units, const struct pf_version **list, size_t count, size_t at,
	size_t size)
{
	struct unit u = {
		.medium = list[0]->medium,
		.line = list[0]->line,
		.at = at,
		.size = size,
		.choices = 1,
	};
	struct unit *added;

	for (size_t i = 0; i < count; i++) {
		u.newest = find_choice(&u, list[i]);
		if (list[i]->stored && u.store[u.newest] == NULL)
			u.store[u.newest] = list[i];
		if (list[i]->thread != NULL)
			u.pending[u.flushed = u.newest] = list[i];
	}
	if (u.choices == 1)
		return true; /* nothing else than what is durable */

	added = add_unit(units);
	if (added == NULL)
		return false;
	*added = u;
	if (units->combinations > UINT64_MAX / u.choices)
		units->combinations = UINT64_MAX;
	else
		units->combinations *= u.choices;
	return true;
}

static bool add_line(struct units *units, const struct replay *r, const struct pf_version *newest,
	unsigned how)
{
	const struct pf_version *list[MOST_CHOICES];
	size_t count = versions_of(r, newest, how, list);
	size_t size = (how & UNITS_TORN) != 0 ? 8 : PF_LINE;

	for (size_t at = 0; count > 0 && at < PF_LINE; at += size)
		if (!add_part(units, list, count, at, size))
			return false;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct unit *u = a, *v = b;

	if (u->medium != v->medium)
		return u->medium->id < v->medium->id ? -1 : 1;
	if (u->line != v->line)
		return u->line < v->line ? -1 : 1;
	return u->at < v->at ? -1 : u->at > v->at;
}

bool units_collect(struct units *units, const struct replay *r, unsigned how)
{
	units->count = 0;
	units->combinations = 1;
	for (uint32_t i = 1; i < pmem2_pf_versions(r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(r->model, i);

		if (pmem2_pf_is_newest(r->model, i) && !add_line(units, r, v, how))
			return false;
	}
	if (units->count > 0)
		qsort(units->unit, units->count, sizeof(*units->unit), by_place);
	return true;
}

void units_free(struct units *units)
{
	free(units->unit);
	*units = (struct units){0};
}
