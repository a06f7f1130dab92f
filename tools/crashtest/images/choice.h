/* SPDX-License-Identifier: BSD-3-Clause */
/* choice.h -- a choice for each unit, and names for choices, which make an image again. */
#ifndef CRASHTEST_CHOICE_H
#define CRASHTEST_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct units;

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
	CHOOSE_PREFIX,  /* "prefix-N": unit N / MOST_CHOICES in choice N % MOST_CHOICES, alone */
	CHOOSE_REST,    /* "rest-N": likewise, and all that is pending of the others */
	CHOOSE_WITH,    /* "with-N": all that is pending, and all stores to unit N */
	CHOOSE_MISSING, /* "missing-N": all stores that are known of, but none to unit N */
	CHOOSE_FLUSHED, /* "flushed-N": as counting, of what is pending alone */
};

/* choice has room for each unit. */
void choice_make(enum choosing kind, uint64_t number, uint64_t seed, const struct units *units,
	uint8_t *choice);

/* The name; those of CHOOSE_COUNTED as choice has it. */
void choice_name(enum choosing kind, uint64_t number, const struct units *units,
	const uint8_t *choice, char *name, size_t size);

/* Reads a name; false: it is none, or does not fit the units. */
bool choice_read(const char *name, uint64_t seed, const struct units *units, uint8_t *choice);

#endif
