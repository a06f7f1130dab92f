/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_said.c -- what the program had written to the file that is watched, and read. */
#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "powerfail/trace_format.h"
#include "replay.h"
#include "replay_parts.h"

static uint64_t hash_of(const struct pf_record_said *s)
{
	return hash_bytes(HASH_BEGIN ^ s->offset, s->bytes, s->length) *
	       UINT64_C(0x9e3779b97f4a7c15);
}

bool replay_say(struct replay *r, const struct pf_record_said *s)
{
	struct said *said = &r->said;

	if (s->offset > said->size)
		return false;
	if (s->offset + s->length > said->room) {
		size_t room = 2 * (s->offset + s->length);
		char *grown = realloc(said->text, room);

		if (grown == NULL)
			return false;
		said->text = grown;
		said->room = room;
	}
	if (s->length > 0)
		memcpy(said->text + s->offset, s->bytes, s->length);
	said->size = s->offset + s->length;
	r->hash += hash_of(s); /* an image beside other words is another image */
	return true;
}

void replay_left(struct replay *r, const struct pf_record_left *l)
{
	r->hash += (l->left + 1 - r->left) * UINT64_C(0x9e3779b97f4a7c15);
	r->left = l->left + 1;
}
