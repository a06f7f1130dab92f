/* SPDX-License-Identifier: BSD-3-Clause */
/* units.c -- what a power cut could leave at one point. */
#include "units.h"

#include <libpmem2.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/options.h"
#include "powerfail/model.h"
#include "replay/replay.h"
#include "replay/trace.h"

unsigned units_wanted(const struct options *o, bool torn)
{
	return (o->no_evictions ? 0 : UNITS_EVICTED) | (torn ? UNITS_TORN : 0);
}

/* Unless it has no choice. false: no memory. */
static bool add_unit(struct units *units, const struct unit *u)
{
	if (u->choices == 1)
		return true;
	if (!array_grow(&units->unit, units->count, &units->room, sizeof(*units->unit)))
		return false;
	units->unit[units->count++] = *u;
	if (units->combinations > UINT64_MAX / u->choices)
		units->combinations = UINT64_MAX;
	else
		units->combinations *= u->choices;
	return true;
}

const char *units_content(const struct unit *u, unsigned choice)
{
	if (u->content[choice] != NULL)
		return u->content[choice];

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

	for (size_t i = 0; i < count; i++) {
		u.newest = find_choice(&u, list[i]);
		if (list[i]->stored && u.store[u.newest] == NULL)
			u.store[u.newest] = list[i];
		if (list[i]->thread != NULL)
			u.pending[u.flushed = u.newest] = list[i];
	}
	return add_unit(units, &u);
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

/* ---- sectors ---- */

/* Which versions of its lines a state of a sector has: the newest that are flushed, or of a moment, or before it. */
struct state {
	bool flushed;
	uint64_t moment; /* UINT64_MAX: the last one */
};

static uint64_t moment_of(const struct replay *r, const struct pf_version *v)
{
	return r->trace->moment != NULL ? r->trace->moment[v->event - 1] : v->event;
}

static const struct pf_version *find_version(const struct replay *r, const struct pf_medium *m,
	size_t line, struct state state)
{
	uint32_t number = *pmem2_pf_slot(r->model, m, line);

	for (; number != 0; number = pmem2_pf_version(r->model, number)->older) {
		const struct pf_version *v = pmem2_pf_version(r->model, number);

		if (state.flushed ? v->thread != NULL : moment_of(r, v) <= state.moment)
			return v;
	}
	return NULL;
}

static char *new_block(struct units *units)
{
	char *block = malloc(UNITS_SECTOR);

	if (block == NULL || !array_grow(&units->block, units->blocks, &units->block_room,
				     sizeof(*units->block))) {
		free(block);
		return NULL;
	}
	units->block[units->blocks++] = block;
	return block;
}

/* One more choice: all lines of the sector in that state. false: no memory. */
static bool add_state(struct units *units, const struct replay *r, struct unit *u,
	struct state state)
{
	char *block = new_block(units);
	const struct pf_version *last = NULL;

	if (block == NULL)
		return false;
	memcpy(block, pmem2_pf_medium_line(u->medium, u->line), u->size);
	for (size_t i = 0; i < u->size / PF_LINE; i++) {
		const struct pf_version *v = find_version(r, u->medium, u->line + i, state);

		if (v == NULL)
			continue;
		memcpy(block + i * PF_LINE, v->content, PF_LINE);
		if (last == NULL || v->event > last->event)
			last = v;
	}
	for (unsigned c = 0; c < u->choices; c++)
		if (memcmp(units_content(u, c), block, u->size) == 0) {
			u->newest = c;
			return true;
		}
	u->content[u->choices] = block;
	u->version[u->choices] = last;
	u->newest = u->choices++;
	if (state.flushed || (last != NULL && last->thread != NULL))
		u->pending[u->flushed = u->newest] = last;
	return true;
}

/* The moments at which lines of a sector were looked at: the last ones, oldest first. */
struct moments {
	uint64_t moment[MOST_CHOICES - 1];
	size_t count;
};

static void add_moment(struct moments *m, uint64_t moment)
{
	size_t at = m->count;

	while (at > 0 && m->moment[at - 1] > moment)
		at--;
	if (at > 0 && m->moment[at - 1] == moment)
		return;
	if (m->count < MOST_CHOICES - 1) {
		memmove(&m->moment[at + 1], &m->moment[at], (m->count - at) * sizeof(m->moment[0]));
		m->moment[at] = moment;
		m->count++;
	} else if (at > 0) { /* the oldest one goes */
		memmove(&m->moment[0], &m->moment[1], (at - 1) * sizeof(m->moment[0]));
		m->moment[at - 1] = moment;
	}
}

/* The kernel may have written the sector in any of these moments. */
static bool add_moments(struct units *units, const struct replay *r, struct unit *u)
{
	struct moments m = {.count = 0};
	bool done = true;

	for (size_t i = 0; i < u->size / PF_LINE; i++) {
		uint32_t number = *pmem2_pf_slot(r->model, u->medium, u->line + i);

		for (; number != 0; number = pmem2_pf_version(r->model, number)->older)
			add_moment(&m, moment_of(r, pmem2_pf_version(r->model, number)));
	}
	for (size_t i = 0; done && i < m.count; i++)
		done = add_state(units, r, u, (struct state){false, m.moment[i]});
	return done;
}

static bool add_states(struct units *units, const struct replay *r, struct unit *u, unsigned how)
{
	if ((how & UNITS_EVICTED) == 0)
		return add_state(units, r, u, (struct state){true, 0});
	if (u->medium->pages)
		return add_moments(units, r, u);
	return add_state(units, r, u, (struct state){true, 0}) &&
	       add_state(units, r, u, (struct state){false, UINT64_MAX});
}

/* The sector of a line, if the line is the first of it that has something on its way. */
static bool add_sector(struct units *units, const struct replay *r, const struct pf_version *newest,
	unsigned how)
{
	enum { LINES = UNITS_SECTOR / PF_LINE };
	size_t first = newest->line / LINES * LINES;
	struct unit u = {.medium = newest->medium,
		.line = first,
		.size = UNITS_SECTOR,
		.choices = 1};

	for (size_t line = first; line < newest->line; line++)
		if (*pmem2_pf_slot(r->model, u.medium, line) != 0)
			return true;
	if ((first + LINES) * PF_LINE > u.medium->capacity)
		u.size = u.medium->capacity - first * PF_LINE;
	return add_states(units, r, &u, how) && add_unit(units, &u);
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

static void free_blocks(struct units *units)
{
	while (units->blocks > 0)
		free(units->block[--units->blocks]);
}

bool units_collect(struct units *units, const struct replay *r, unsigned how)
{
	free_blocks(units);
	units->count = 0;
	units->combinations = 1;
	for (uint32_t i = 1; i < pmem2_pf_versions(r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(r->model, i);

		if (!pmem2_pf_is_newest(r->model, i))
			continue;
		if (!(v->medium->granularity == PMEM2_GRANULARITY_PAGE
				    ? add_sector
				    : add_line)(units, r, v, how))
			return false;
	}
	if (units->count > 0)
		qsort(units->unit, units->count, sizeof(*units->unit), by_place);
	return true;
}

void units_free(struct units *units)
{
	free_blocks(units);
	free(units->block);
	free(units->unit);
	*units = (struct units){0};
}
