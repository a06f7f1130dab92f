/* SPDX-License-Identifier: BSD-3-Clause */
/* place.h -- where images are. */
#ifndef CRASHTEST_PLACE_H
#define CRASHTEST_PLACE_H

#include <stddef.h>

struct replay;

/*
 * Makes a directory for count images of each file: in wanted; if that is NULL, in memory if there is room,
 * else where temporary files are. 0 or an exit status; path is "" then.
 */
int place_make(char *path, size_t size, const char *wanted, const struct replay *r, unsigned count);

/* Where temporary files are. */
const char *place_temporary(void);

#endif
