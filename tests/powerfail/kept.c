/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers that are read line by line, "SLOT NUMBER", and kept; and a count of them, in a line of its own.
 *
 * usage: kept FILE run HOW <operations
 *        kept FILE dump HOW              prints the numbers
 *
 * HOW: right       each number is durable before the count, and a start mends the count
 *      late        a number is drained when the next one comes
 *      halves      an operation stores two numbers, with one drain
 *      abort, hang, report, fail   number and count have one drain; a start that finds them apart aborts, never
 *                  ends, prints what a sanitizer would, or ends with status 3
 */
#include <libpmem2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map_new.h"

enum { SIZE = 4096, LINE = 8, SLOTS = 32, HALF = 16, COUNT = 63 };

static struct pmem2_map *map;
static unsigned long *word;
static const char *how;

static int open_file(const char *path)
{
	map = map_new(path, SIZE);
	if (map == NULL)
		return 2;
	word = pmem2_map_get_address(map);
	return 0;
}

static bool is(const char *name)
{
	return strcmp(how, name) == 0;
}

static void flush(const unsigned long *at)
{
	pmem2_get_flush_fn(map)(at, sizeof(*at));
}

static void drain(void)
{
	pmem2_get_drain_fn(map)();
}

static unsigned long count(void)
{
	unsigned long found = 0;

	for (int i = 0; i < SLOTS; i++)
		found += word[LINE * i] != 0;
	return found;
}

/* What it finds is of an earlier run. */
static int start(void)
{
	unsigned long *kept = &word[LINE * COUNT];

	if (*kept == count() || is("late") || is("halves"))
		return 0;
	if (is("abort"))
		abort();
	while (is("hang"))
		pause();
	if (is("report"))
		fprintf(stderr, "kept.c:1:2: runtime error: the count is another\n");
	if (is("fail"))
		return 3;
	*kept = count();
	flush(kept);
	drain();
	return 0;
}

static void keep(unsigned long slot, unsigned long number)
{
	unsigned long *at = &word[LINE * slot], *kept = &word[LINE * COUNT];

	if (is("late"))
		drain();
	*at = number;
	flush(at);
	if (is("halves")) {
		at[LINE * HALF] = number;
		flush(&at[LINE * HALF]);
	}
	if (is("right"))
		drain();
	if (is("late"))
		return;
	*kept = count();
	flush(kept);
	drain();
}

static int run(void)
{
	char *line = NULL;
	size_t room = 0;
	int status = start();

	while (status == 0 && getline(&line, &room, stdin) > 0) {
		char *end;
		unsigned long slot = strtoul(line, &end, 10), number = strtoul(end, NULL, 10);

		if (slot >= SLOTS)
			status = 2;
		else
			keep(slot, number);
	}
	free(line);
	return status;
}

static int dump(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (word[LINE * i] != 0)
			printf("%d %lu\n", i, word[LINE * i]);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 4)
		return 2;
	how = argv[3];
	if (open_file(argv[1]) != 0)
		return 2;
	return strcmp(argv[2], "dump") == 0 ? dump() : run();
}
