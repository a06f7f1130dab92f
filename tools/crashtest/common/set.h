/* SPDX-License-Identifier: BSD-3-Clause */
/* set.h -- a set of numbers. */
#ifndef CRASHTEST_SET_H
#define CRASHTEST_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The zero value is the empty set. */
struct set {
	uint64_t *slot; /* 0: free */
	size_t count, room;
	bool failed; /* no memory */
};

static inline bool set_put(uint64_t *slot, size_t room, uint64_t number)
{
	size_t i = (number * UINT64_C(0x9e3779b97f4a7c15) >> 17) % room;

	while (slot[i] != 0 && slot[i] != number)
		i = (i + 1) % room;
	if (slot[i] == number)
		return false;
	slot[i] = number;
	return true;
}

/* Whether it was not in it. */
static inline bool set_add(struct set *set, uint64_t number)
{
	if (2 * set->count >= set->room) {
		size_t room = set->room > 0 ? 2 * set->room : 1024;
		uint64_t *slot = calloc(room, sizeof(*slot));

		if (slot == NULL) {
			set->failed = true;
			return false;
		}
		for (size_t i = 0; i < set->room; i++)
			if (set->slot[i] != 0)
				set_put(slot, room, set->slot[i]);
		free(set->slot);
		set->slot = slot;
		set->room = room;
	}
	if (!set_put(set->slot, set->room, number != 0 ? number : 1))
		return false;
	set->count++;
	return true;
}

static inline void set_free(struct set *set)
{
	free(set->slot);
	*set = (struct set){0};
}

#endif
