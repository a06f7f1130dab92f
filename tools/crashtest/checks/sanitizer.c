/* SPDX-License-Identifier: BSD-3-Clause */
/* sanitizer.c -- reports of sanitizers in what a program prints. */
#include "sanitizer.h"

#include <stdio.h>
#include <string.h>

bool sanitizer_find(const char *text, size_t size, char *line, size_t room)
{
	static const char *const marks[] = {
		"ERROR: AddressSanitizer",
		"ERROR: LeakSanitizer",
		"WARNING: MemorySanitizer",
		"WARNING: ThreadSanitizer",
		": runtime error: ",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *at = memmem(text, size, marks[i], strlen(marks[i]));
		const char *end = text + size;

		if (at == NULL)
			continue;
		while (at > text && at[-1] != '\n')
			at--;
		if (memchr(at, '\n', (size_t)(end - at)) != NULL)
			end = memchr(at, '\n', (size_t)(end - at));
		snprintf(line, room, "%.*s", (int)(end - at), at);
		return true;
	}
	return false;
}
