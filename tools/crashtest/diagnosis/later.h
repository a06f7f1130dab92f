/* SPDX-License-Identifier: BSD-3-Clause */
/* later.h -- what the program stored only after an image that fails, though nothing is lost from that. */
#ifndef CRASHTEST_LATER_H
#define CRASHTEST_LATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct experiment;

/* The zero value is nothing. */
struct later {
	struct bytes *
		bytes; /* lines, as they will be: those that are needed, the first one first, then the others */
	uint64_t *event; /* of the record that has them so */
	size_t count;    /* that are needed */
	size_t all;
	size_t room, event_room;
};

/*
 * Goes on drain by drain until the image of some choices passes with what is stored by then, and finds what is needed
 * for that. What is lost and what is kept must stay as it is. false: it never passes.
 */
bool later_find(struct experiment *e, const uint8_t *choice, struct later *later);
void later_free(struct later *later);

#endif
