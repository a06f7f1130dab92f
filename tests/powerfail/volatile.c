/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A journal whose file also holds what needs no flush: a lock, a counter, and a hint, which are set up when it is opened.
 *
 * usage: volatile FILE open                           only that
 *        volatile FILE run FAULT                      appends records
 *        volatile FILE check
 *
 * FAULT: right; flush, a record is not flushed; total, nor is the sum of all records, which lies beside the counter, and
 * which check does not look at; late, a record is flushed after the count and the sum, and the counter changes
 * before these are drained. With -without behind it, none of the three is touched.
 */
#include <libpmem2.h>
#include <stdio.h>
#include <string.h>

#include "map_new.h"

enum { SIZE = 4096, LINE = 8, RECORDS = 4 };

/* Words of the file, and how they share lines. */
enum { COUNT = 0, CALLS = 1, TOTAL = 2, LOCK = LINE, HINT = 2 * LINE, FIRST = 4 * LINE };

static pmem2_persist_fn persist;
static pmem2_flush_fn flush;
static pmem2_drain_fn drain;
static unsigned long *word;
static int touches = 1;

static void touch(unsigned long *at, unsigned long value)
{
	if (touches)
		*(volatile unsigned long *)at = value;
}

static void set_up(void)
{
	touch(&word[LOCK], 100);
	touch(&word[CALLS], word[CALLS] + 1);
	touch(&word[HINT], 200);
}

static void append(unsigned long i, const char *fault)
{
	unsigned long *record = &word[FIRST + i * LINE];
	int late = strncmp(fault, "late", 4) == 0;

	touch(&word[LOCK], 101 + 2 * i);
	touch(&word[CALLS], word[CALLS] + 1);
	*record = i + 1;
	if (strncmp(fault, "flush", 5) != 0 && !late)
		persist(record, sizeof(*record));
	word[COUNT] = i + 1;
	if (late)
		word[TOTAL] += i + 1;
	flush(&word[COUNT], sizeof(word[COUNT]));
	if (late)
		touch(&word[CALLS], word[CALLS] + 1);
	drain();
	if (late)
		persist(record, sizeof(*record));
	if (strcmp(fault, "total") == 0)
		*(volatile unsigned long *)&word[TOTAL] += i + 1;
	touch(&word[HINT], 200 + i);
	touch(&word[LOCK], 102 + 2 * i);
}

static int check(void)
{
	for (unsigned long i = 0; i < word[COUNT]; i++)
		if (word[FIRST + i * LINE] != i + 1)
			return puts("a record is lost"), 1;
	return 0;
}

int main(int argc, char *argv[])
{
	struct pmem2_map *map = argc > 2 ? map_new(argv[1], SIZE) : NULL;
	int ret = 0;

	if (map == NULL)
		return 2;
	persist = pmem2_get_persist_fn(map);
	flush = pmem2_get_flush_fn(map);
	drain = pmem2_get_drain_fn(map);
	word = pmem2_map_get_address(map);
	touches = argc < 4 || strstr(argv[3], "-without") == NULL;
	if (strcmp(argv[2], "check") == 0) {
		ret = check();
	} else {
		set_up();
		for (unsigned long i = 0; argc > 3 && i < RECORDS; i++)
			append(i, argv[3]);
	}
	pmem2_map_delete(&map);
	return ret;
}
