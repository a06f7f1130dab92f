/* SPDX-License-Identifier: BSD-3-Clause */
/* pieces.c -- what a failing image had that was not durable. */
#include "pieces.h"

#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "common/array.h"
#include "common/options.h"
#include "units.h"

static bool add(struct pieces *pieces, const struct unit *u, unsigned choice)
{
	struct piece *p;

	if (!array_grow(&pieces->piece, pieces->count, &pieces->room, sizeof(*pieces->piece)))
		return false;
	p = &pieces->piece[pieces->count++];
	*p = (struct piece){u->medium, u->line, u->at, u->size, {0}};
	memcpy(p->content, units_content(u, choice), u->size);
	return true;
}

static bool add_image(struct pieces *pieces, const struct units *units, const char *name,
	uint64_t seed)
{
	uint8_t *choice = calloc(1, units->count + 1);
	bool done = choice != NULL && choice_read(name, seed, units, choice);

	for (size_t i = 0; done && i < units->count; i++)
		if (choice[i] != 0)
			done = add(pieces, &units->unit[i], choice[i]);
	free(choice);
	return done;
}

bool pieces_note(struct pieces *pieces, const struct options *o, const struct replay *r,
	const char *name, bool torn)
{
	struct units units = {0};
	bool done = units_collect(&units, r, units_wanted(o, torn)) &&
	            add_image(pieces, &units, name, o->seed);

	units_free(&units);
	return done;
}

void pieces_free(struct pieces *pieces)
{
	free(pieces->piece);
	*pieces = (struct pieces){0};
}
