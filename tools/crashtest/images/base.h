/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * base.h -- what the trace of a recovery stands on: the images that the recovery ran on, which belong to the
 * trace of the program.
 */
#ifndef CRASHTEST_BASE_H
#define CRASHTEST_BASE_H

#include <stdbool.h>
#include <stdint.h>

struct trace;

struct base {
	char *root;   /* the directory of those images, as the trace names it */
	char **place; /* of each of them, within the directory; NULL ends */
	char *extra; /* a directory with those that the recovery did not map, by their numbers; NULL: it mapped all */
	uint64_t left; /* of the program's standard input, when it was cut: as a replay has it */
	char *ack;     /* a file with what the program had acknowledged, or NULL */
};

/*
 * Notes the images in a directory, at those places, as they are after the recovery that left the trace. What has to be copied goes to files whose
 * names begin with prefix. ack: that file, or "". false: there is no memory, or no room.
 */
bool base_note(struct base *base, const char *directory, char *const *place,
	const struct trace *trace, const char *prefix, const char *ack);

/* Removes the files, too. */
void base_free(struct base *base);

/* Where within the directory a file of the trace is; NULL: it is not one of the images' directory. */
const char *base_place(const struct base *base, const char *path);

/* Puts the images that the recovery did not map into a directory. 0 or -errno. */
int base_fill(const struct base *base, const char *directory);

#endif
