/* SPDX-License-Identifier: BSD-3-Clause */
/* cases.h -- what small programs with one fault each have in common: FILE run, and FILE verify. */
#ifndef CASES_H
#define CASES_H

#include <fcntl.h>
#include <libpmem2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../map_new.h"

#ifndef FAULT
#define FAULT 0
#endif

static pmem2_persist_fn persist;
static pmem2_flush_fn flush;
static pmem2_drain_fn drain;

/* Maps a file of that size, made if it is not there. */
static inline uint64_t *map_file(const char *path, size_t size)
{
	struct pmem2_map *map = map_new(path, size);

	if (map == NULL)
		exit(3);
	persist = pmem2_get_persist_fn(map);
	flush = pmem2_get_flush_fn(map);
	drain = pmem2_get_drain_fn(map);
	return pmem2_map_get_address(map);
}

/* The words of an image, to be recovered in memory; an image without them is right. */
static inline uint64_t *load(const char *path, size_t size)
{
	uint64_t *words = calloc(1, size);
	FILE *in = fopen(path, "rb");

	if (words == NULL || in == NULL || fread(words, 1, size, in) != size)
		exit(0);
	fclose(in);
	return words;
}

static inline void fails(const char *why)
{
	puts(why);
	exit(1);
}

static inline int is_check(char *argv[])
{
	return strcmp(argv[2], "verify") == 0;
}

#endif
