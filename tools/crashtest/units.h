/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * units.h -- what a power cut could leave at one point: the parts that it decides about,
 * each by itself, and the choices.
 *
 * A unit is a line, or with --torn a word of 8 bytes, that has something on its way. Choice 0 of it is what is
 * durable, choice n the n-th of the other contents that it may have, oldest first.
 */
#ifndef CRASHTEST_UNITS_H
#define CRASHTEST_UNITS_H

#include "replay.h"

enum { MOST_CHOICES = 36 }; /* of a unit: a digit or letter each */

struct unit {
	struct pf_medium *medium;
	size_t line;
	size_t at, size; /* of the part of the line, bytes */
	unsigned choices;
	const struct pf_version *version[MOST_CHOICES]; /* [0]: NULL */
	unsigned flushed;                               /* the choice of all flushes done */
	unsigned newest; /* and of all stores too, as far as they are known */
};

struct units {
	struct unit *unit; /* by file and line */
	size_t count, room;
	uint64_t combinations; /* of choices; UINT64_MAX: more */
};

enum { UNITS_TORN = 1, UNITS_EVICTED = 2 };

/* The units of the moment that the replay is at. false: no memory. */
bool units_collect(struct units *units, const struct replay *r, unsigned how);
void units_free(struct units *units);

/* An image: lines that differ from what is durable. */
struct overlay {
	struct overlay_line {
		struct pf_medium *medium;
		size_t line;
		char content[PF_LINE];
	} * line;
	size_t count, room;
	uint64_t hash; /* two images with one hash are taken for the same */
};

/* Makes the image of some choices, one for each unit. false: no memory. */
bool overlay_make(struct overlay *overlay, const struct replay *r, const struct units *units,
	const uint8_t *choice);

/* One more line, which it has not yet; NULL: no memory. Its hash is that of before. */
struct overlay_line *overlay_add(struct overlay *overlay, struct pf_medium *medium, size_t line,
	const char *content);
void overlay_free(struct overlay *overlay);

/* ---- choices by name, which makes an image again ---- */

enum { MOST_NAME = 128 };

/* Images by kind, and a number within the kind. */
enum choosing {
	CHOOSE_NONE,    /* "none": durable only */
	CHOOSE_ALL,     /* "all": and all that is pending */
	CHOOSE_LIVE,    /* "live": and all stores that are known of */
	CHOOSE_THREAD,  /* "thread-N": and what thread N flushed */
	CHOOSE_BUT,     /* "but-N": all but unit N */
	CHOOSE_ONLY,    /* "only-N": unit N alone */
	CHOOSE_COUNTED, /* "0121": a choice for each unit, as counting gives them */
	CHOOSE_RANDOM,  /* "random-N" of the seed */
};

void choose(enum choosing kind, uint64_t number, uint64_t seed, const struct units *units,
	uint8_t *choice);

/* The name; those of CHOOSE_COUNTED as choice has it. */
void choice_name(enum choosing kind, uint64_t number, const struct units *units,
	const uint8_t *choice, char *name, size_t size);

/* Reads a name; false: it is none, or does not fit the units. */
bool choice_read(const char *name, uint64_t seed, const struct units *units, uint8_t *choice);

#endif
