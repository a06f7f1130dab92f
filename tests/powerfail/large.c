/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * large.c -- a program that stores all over its file: large FILE make|run|check.
 *
 * Step after step it fills a block of lines with the number of the step, and counts the step when the block is durable.
 * What the file held before stays in the other blocks.
 */
#include <stdint.h>
#include <string.h>

#include "map_new.h"

enum {
	LINE = 64,
	BLOCK = 16 * LINE,
	BLOCKS = 9001, /* the first has the count */
	STEPS = 9000,
	OLD = 3000, /* blocks that held something */
};

static const size_t size = (size_t)BLOCKS * BLOCK;

static size_t block_of(uint64_t step)
{
	return 1 + step * 7919 % STEPS;
}

static uint64_t old(size_t block)
{
	return block < OLD ? ~(uint64_t)block : 0;
}

static void fill(char *block, uint64_t word)
{
	for (size_t i = 0; i < BLOCK; i += sizeof(word))
		memcpy(block + i, &word, sizeof(word));
}

static int holds(const char *block, uint64_t word)
{
	return memcmp(block, &word, sizeof(word)) == 0 &&
	       memcmp(block, block + sizeof(word), BLOCK - sizeof(word)) == 0;
}

/* Of the step that was cut, each line may be old or new. */
static int is_right(const char *base)
{
	uint64_t count;

	memcpy(&count, base, sizeof(count));
	for (uint64_t step = 1; step <= STEPS; step++) {
		const char *block = base + block_of(step) * BLOCK;

		if (step != count + 1 && !holds(block, step <= count ? step : old(block_of(step))))
			return 0;
	}
	return 1;
}

static void run(struct pmem2_map *map, char *base)
{
	pmem2_persist_fn persist = pmem2_get_persist_fn(map);

	for (uint64_t step = 1; step <= STEPS; step++) {
		fill(base + block_of(step) * BLOCK, step);
		persist(base + block_of(step) * BLOCK, BLOCK);
		memcpy(base, &step, sizeof(step));
		persist(base, sizeof(step));
	}
}

int main(int argc, char *argv[])
{
	struct pmem2_map *map = argc == 3 ? map_new(argv[1], size) : NULL;
	char *base = map != NULL ? pmem2_map_get_address(map) : NULL;

	if (base == NULL)
		return 2;
	if (strcmp(argv[2], "make") == 0)
		for (size_t block = 1; block < OLD; block++)
			fill(base + block * BLOCK, old(block));
	else if (strcmp(argv[2], "run") == 0)
		run(map, base);
	else if (!is_right(base))
		return 1;
	return pmem2_map_delete(&map) == 0 ? 0 : 2;
}
