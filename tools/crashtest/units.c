/* SPDX-License-Identifier: BSD-3-Clause */
/* units.c -- what a power cut could leave at one point. */
#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* ---- units ---- */

static struct unit *add_unit(struct units *units)
{
	if (!array_grow(&units->unit, units->count, &units->room, sizeof(*units->unit)))
		return NULL;
	return &units->unit[units->count++];
}

static const char *content_of(const struct unit *u, unsigned choice)
{
	const char *line = u->version[choice] != NULL ? u->version[choice]->content
	                                              : pmem2_pf_medium_line(u->medium, u->line);

	return line + u->at;
}

/* The choice that has that content, added if it is new; 0 if there are too many. */
static unsigned find_choice(struct unit *u, const struct pf_version *v)
{
	for (unsigned i = u->choices; i-- > 0;)
		if (memcmp(content_of(u, i), v->content + u->at, u->size) == 0)
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
		v = pmem2_pf_version(&r->model, v->older);
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
		if (list[i]->thread != NULL)
			u.flushed = u.newest;
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
	for (uint32_t i = 1; i < pmem2_pf_versions(&r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(&r->model, i);

		if (pmem2_pf_is_newest(&r->model, i) && !add_line(units, r, v, how))
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

/* ---- images ---- */

struct overlay_line *overlay_add(struct overlay *o, struct pf_medium *medium, size_t line,
	const char *content)
{
	struct overlay_line *added;

	if (!array_grow(&o->line, o->count, &o->room, sizeof(*o->line)))
		return NULL;
	added = &o->line[o->count++];
	added->medium = medium;
	added->line = line;
	memcpy(added->content, content, PF_LINE);
	return added;
}

bool overlay_make(struct overlay *o, const struct replay *r, const struct units *units,
	const uint8_t *choice)
{
	struct overlay_line *line = NULL;

	o->count = 0;
	for (size_t i = 0; i < units->count; i++) {
		const struct unit *u = &units->unit[i];

		if (choice[i] == 0)
			continue;
		if (line == NULL || line->medium != u->medium || line->line != u->line)
			line = overlay_add(o, u->medium, u->line,
				pmem2_pf_medium_line(u->medium, u->line));
		if (line == NULL)
			return false;
		memcpy(line->content + u->at, content_of(u, choice[i]), u->size);
	}

	o->hash = r->hash;
	for (size_t i = 0; i < o->count; i++) {
		const struct overlay_line *l = &o->line[i];

		o->hash +=
			replay_hash(l->medium, l->line, l->content) -
			replay_hash(l->medium, l->line, pmem2_pf_medium_line(l->medium, l->line));
	}
	return true;
}

void overlay_free(struct overlay *overlay)
{
	free(overlay->line);
	*overlay = (struct overlay){0};
}

/* ---- choices ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Some images have little of what is pending, some nearly all. */
static void choose_random(uint64_t number, uint64_t seed, const struct units *units,
	uint8_t *choice)
{
	uint64_t state = seed ^ number * UINT64_C(0xd1342543de82ef95);
	unsigned density = 1 + next_random(&state) % 7;

	for (size_t i = 0; i < units->count; i++) {
		const struct unit *u = &units->unit[i];
		uint64_t random = next_random(&state);

		choice[i] = 0;
		if (random % 8 < density)
			choice[i] = (uint8_t)(1 + (random >> 3) % (u->choices - 1));
	}
}

static void choose_thread(uint64_t thread, const struct units *units, uint8_t *choice)
{
	for (size_t i = 0; i < units->count; i++)
		for (unsigned c = 1; c < units->unit[i].choices; c++) {
			const struct pf_version *v = units->unit[i].version[c];

			if (v->thread != NULL && v->thread->id == thread)
				choice[i] = (uint8_t)c;
		}
}

static void choose_counted(uint64_t number, const struct units *units, uint8_t *choice)
{
	for (size_t i = 0; i < units->count; i++) {
		choice[i] = (uint8_t)(number % units->unit[i].choices);
		number /= units->unit[i].choices;
	}
}

void choose(enum choosing kind, uint64_t number, uint64_t seed, const struct units *units,
	uint8_t *choice)
{
	memset(choice, 0, units->count);
	if (kind == CHOOSE_RANDOM)
		choose_random(number, seed, units, choice);
	else if (kind == CHOOSE_THREAD)
		choose_thread(number, units, choice);
	else if (kind == CHOOSE_COUNTED)
		choose_counted(number, units, choice);
	for (size_t i = 0; i < units->count; i++) {
		const struct unit *u = &units->unit[i];

		if (kind == CHOOSE_ALL || (kind == CHOOSE_BUT && i != number))
			choice[i] = (uint8_t)u->flushed;
		else if (kind == CHOOSE_LIVE || (kind == CHOOSE_ONLY && i == number))
			choice[i] = (uint8_t)u->newest;
	}
}

/* ---- their names ---- */

static const char *const kinds[] = {"none", "all", "live", "thread-", "but-", "only-", "",
	"random-"};

void choice_name(enum choosing kind, uint64_t number, const struct units *units,
	const uint8_t *choice, char *name, size_t size)
{
	if (kind != CHOOSE_COUNTED) {
		int n = snprintf(name, size, "%s", kinds[kind]);

		if (kinds[kind][n - 1] == '-')
			snprintf(name + n, size - (size_t)n, "%llu", (unsigned long long)number);
		return;
	}
	size_t n = 0;

	for (; n < units->count && n + 1 < size; n++)
		name[n] = digits[choice[n]];
	name[n] = '\0';
}

static bool read_digits(const char *name, const struct units *units, uint8_t *choice)
{
	if (strlen(name) != units->count)
		return false;
	for (size_t i = 0; i < units->count; i++) {
		const char *digit = strchr(digits, name[i]);

		if (digit == NULL || (size_t)(digit - digits) >= units->unit[i].choices)
			return false;
		choice[i] = (uint8_t)(digit - digits);
	}
	return true;
}

bool choice_read(const char *name, uint64_t seed, const struct units *units, uint8_t *choice)
{
	for (int kind = CHOOSE_NONE; kind <= CHOOSE_RANDOM; kind++) {
		size_t n = strlen(kinds[kind]);
		uint64_t number = 0;
		char *end = (char *)name + n;

		if (kind == CHOOSE_COUNTED || strncmp(name, kinds[kind], n) != 0)
			continue;
		if (kinds[kind][n - 1] == '-')
			number = strtoull(name + n, &end, 10);
		if (*end != '\0')
			continue;
		choose((enum choosing)kind, number, seed, units, choice);
		return true;
	}
	return read_digits(name, units, choice);
}
