/* SPDX-License-Identifier: BSD-3-Clause */
/* choice.c -- choices by name. */
#include "choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powerfail/model.h"
#include "units.h"

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

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

/* Counts the choices up to that of all flushes. */
static void choose_flushed(uint64_t number, const struct units *units, uint8_t *choice)
{
	for (size_t i = 0; i < units->count; i++) {
		choice[i] = (uint8_t)(number % (units->unit[i].flushed + 1));
		number /= units->unit[i].flushed + 1;
	}
}

static void choose_counted(uint64_t number, const struct units *units, uint8_t *choice)
{
	for (size_t i = 0; i < units->count; i++) {
		choice[i] = (uint8_t)(number % units->unit[i].choices);
		number /= units->unit[i].choices;
	}
}

/* The choice of one unit, for the kinds that name at most one of them. */
static unsigned choose_one(enum choosing kind, uint64_t number, const struct unit *u, size_t i)
{
	bool prefix = kind == CHOOSE_PREFIX || kind == CHOOSE_REST;
	bool named = i == (prefix ? number / MOST_CHOICES : number);

	if (prefix && named)
		return number % MOST_CHOICES < u->choices ? (unsigned)(number % MOST_CHOICES) : 0;
	switch (kind) {
	case CHOOSE_ALL:
	case CHOOSE_REST:
		return u->flushed;
	case CHOOSE_LIVE:
		return u->newest;
	case CHOOSE_BUT:
		return named ? 0 : u->flushed;
	case CHOOSE_MISSING:
		return named ? 0 : u->newest;
	case CHOOSE_WITH:
		return named ? u->newest : u->flushed;
	case CHOOSE_ONLY:
		return named ? u->newest : 0;
	default:
		return 0;
	}
}

void choice_make(enum choosing kind, uint64_t number, uint64_t seed, const struct units *units,
	uint8_t *choice)
{
	memset(choice, 0, units->count);
	if (kind == CHOOSE_RANDOM)
		choose_random(number, seed, units, choice);
	else if (kind == CHOOSE_THREAD)
		choose_thread(number, units, choice);
	else if (kind == CHOOSE_COUNTED)
		choose_counted(number, units, choice);
	else if (kind == CHOOSE_FLUSHED)
		choose_flushed(number, units, choice);
	else
		for (size_t i = 0; i < units->count; i++)
			choice[i] = (uint8_t)choose_one(kind, number, &units->unit[i], i);
}

/* ---- their names ---- */

static const char *const kinds[] = {"none", "all", "live", "thread-", "but-", "only-", "",
	"random-", "prefix-", "rest-", "with-", "missing-", "flushed-"};

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
	for (int kind = CHOOSE_NONE; kind <= CHOOSE_FLUSHED; kind++) {
		size_t n = strlen(kinds[kind]);
		uint64_t number = 0;
		char *end = (char *)name + n;

		if (kind == CHOOSE_COUNTED || strncmp(name, kinds[kind], n) != 0)
			continue;
		if (kinds[kind][n - 1] == '-')
			number = strtoull(name + n, &end, 10);
		if (*end != '\0')
			continue;
		choice_make((enum choosing)kind, number, seed, units, choice);
		return true;
	}
	return read_digits(name, units, choice);
}
