/* SPDX-License-Identifier: BSD-3-Clause */
/* pieces.h -- what a failing image had that was not durable, for when the trace has gone on. */
#ifndef CRASHTEST_PIECES_H
#define CRASHTEST_PIECES_H

#include <stdbool.h>

#include "powerfail/medium.h"
#include "units.h"

struct options;
struct replay;

/* A part of a line. */
struct piece {
	struct pf_medium *medium;
	size_t line, at, size;
	char content[UNITS_SECTOR]; /* size bytes */
};

/* The zero value is none. */
struct pieces {
	struct piece *piece;
	size_t count, room;
};

/* Those of the image with that name, with torn lines or not, at the moment that the replay is at; false: there is no such image. */
bool pieces_note(struct pieces *pieces, const struct options *options, const struct replay *r,
	const char *name, bool torn);
void pieces_free(struct pieces *pieces);

#endif
