/* SPDX-License-Identifier: BSD-3-Clause */
/* place.h -- where images are. */
#ifndef CRASHTEST_PLACE_H
#define CRASHTEST_PLACE_H

#include <stddef.h>

struct replay;
struct trace;

/*
 * Makes a directory for count images of each file: in wanted; if that is NULL, in memory if there is room,
 * else where temporary files are. 0 or an exit status; path is "" then.
 */
int place_make(char *path, size_t size, const char *wanted, const struct replay *r, unsigned count);

/* Where that directory would be. */
void place_choose(char *path, size_t size, const char *wanted, const struct trace *trace,
	unsigned count);

/* The path of a copy of a file, which has its name, in a directory of up to 3500 characters. PATH_MAX bytes. */
void place_of_copy(char *path, const char *directory, const char *file);

/* Copies a file; its holes stay holes. 0 or -errno. */
int place_copy(const char *from, const char *to);

/* Moves a file, also to another file system. 0 or -errno. */
int place_move(const char *from, const char *to);

/* Where temporary files are. */
const char *place_temporary(void);

#endif
