/* SPDX-License-Identifier: BSD-3-Clause */
/* overlay.h -- an image: lines that differ from what is durable. */
#ifndef CRASHTEST_OVERLAY_H
#define CRASHTEST_OVERLAY_H

#include <stdbool.h>

#include "powerfail/medium.h"

struct replay;
struct units;

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

/* Whether each line holds what it held at some time: none is torn. */
bool overlay_is_whole(const struct overlay *overlay, const struct replay *r);
void overlay_free(struct overlay *overlay);

#endif
