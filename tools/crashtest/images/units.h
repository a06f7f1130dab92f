/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * units.h -- what a power cut could leave at one point: the parts that it decides about,
 * each by itself, and the choices.
 *
 * A unit is a line, or with --torn a word of 8 bytes, that has something on its way. At PAGE it is a sector: that is
 * what disks write as a whole. Choice 0 of it is what is durable, choice n the n-th of the other contents that it may
 * have, oldest first.
 */
#ifndef CRASHTEST_UNITS_H
#define CRASHTEST_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;
struct pf_medium;
struct pf_version;
struct replay;

enum { UNITS_SECTOR = 512 }; /* bytes: a unit is no larger */
enum { MOST_CHOICES = 36 };  /* of a unit: a digit or letter each */

struct unit {
	struct pf_medium *medium;
	size_t line;
	size_t at, size; /* of the part of the line, bytes; a sector begins with the line */
	unsigned choices;
	const struct pf_version *version[MOST_CHOICES]; /* [0]: NULL */
	const struct pf_version *store[MOST_CHOICES];   /* that made it so; NULL: not known */
	const struct pf_version *pending[MOST_CHOICES]; /* the last one that is; NULL: none is */
	const char *content[MOST_CHOICES];              /* of sectors; NULL: that of the version */
	unsigned flushed;                               /* the choice of all flushes done */
	unsigned newest; /* and of all stores too, as far as they are known */
};

struct units {
	struct unit *unit; /* by file and line */
	size_t count, room;
	char **block; /* contents of sectors */
	size_t blocks, block_room;
	uint64_t combinations; /* of choices; UINT64_MAX: more */
};

enum { UNITS_TORN = 1, UNITS_EVICTED = 2 };

/* What a power cut may do to a line, by the options. torn: and tear it. */
unsigned units_wanted(const struct options *options, bool torn);

/* The units of the moment that the replay is at. false: no memory. */
bool units_collect(struct units *units, const struct replay *r, unsigned how);
void units_free(struct units *units);

/* What the unit holds with a choice: size bytes. */
const char *units_content(const struct unit *unit, unsigned choice);

#endif
