/* SPDX-License-Identifier: BSD-3-Clause */
/* array.h -- arrays that grow. */
#ifndef CRASHTEST_ARRAY_H
#define CRASHTEST_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more element; array points to the pointer. false: no memory, and nothing has changed. */
static inline bool array_grow(void *array, size_t count, size_t *room, size_t size)
{
	void *grown;

	if (count < *room)
		return true;
	memcpy(&grown, array, sizeof(grown));
	grown = realloc(grown, (2 * count + 64) * size);
	if (grown == NULL)
		return false;
	memcpy(array, &grown, sizeof(grown));
	*room = 2 * count + 64;
	return true;
}

#endif
