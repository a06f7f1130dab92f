/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Recoveries, right and wrong. A transfer between two accounts is logged, and applied by the recovery:
 *
 * usage: recovered FILE put right|increments|early|unflushed|counted|unordered
 *        recovered FILE recover right|increments|early|unflushed|counted   applies the log, and clears it
 *        recovered FILE check                                              after a recovery
 *
 * The log holds new values, or increments, which must not be applied twice. early: the log is cleared before what
 * was applied is drained. unflushed: what was applied is not flushed; counted: nor there, and recoveries that are over
 * are counted. put unordered: the log's entries are not drained before it counts.
 *
 * And a journal of records that end where a checksum does not fit:
 *
 *        recovered FILE batch plain|chained    two records with one drain
 *        recovered FILE append plain|chained   one more
 *        recovered FILE last plain|chained     it has to be the last one
 *
 * chained: a checksum covers that of the record before, so that one which was left behind fits no other.
 */
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map_new.h"

enum { SIZE = 4096, LINE = 8, ACCOUNTS = 2, EACH = 1000, RECORDS = 16, NEW = 99, COUNTED = 256 };

static struct pmem2_map *map;
static unsigned long *word;

static void persist(const unsigned long *at)
{
	pmem2_get_persist_fn(map)(at, sizeof(*at));
}

static void flush(const unsigned long *at)
{
	pmem2_get_flush_fn(map)(at, sizeof(*at));
}

static int open_file(const char *path)
{
	map = map_new(path, SIZE);
	if (map == NULL)
		return 2;
	word = pmem2_map_get_address(map);
	return 0;
}

/* ---- accounts: they hold how much they differ from EACH ---- */

static unsigned long *logged(void)
{
	return &word[0];
}

static unsigned long *entry(int i)
{
	return &word[LINE * (1 + i)];
}

static unsigned long *account(int i)
{
	return &word[LINE * (1 + ACCOUNTS + i)];
}

static int put(const char *how)
{
	*entry(0) = 30;
	*entry(1) = -30ul;
	pmem2_get_flush_fn(map)(entry(0), sizeof(long) * LINE * ACCOUNTS);
	if (strcmp(how, "unordered") != 0)
		pmem2_get_drain_fn(map)();
	*logged() = 1;
	persist(logged());
	return 0;
}

static int recover(const char *how)
{
	if (*logged() == 0)
		return 0;
	for (int i = 0; i < ACCOUNTS; i++) {
		*account(i) = *entry(i) + (strcmp(how, "increments") == 0 ? *account(i) : 0);
		if (strcmp(how, "unflushed") != 0 && strcmp(how, "counted") != 0)
			flush(account(i));
	}
	if (strcmp(how, "early") != 0)
		pmem2_get_drain_fn(map)();
	*logged() = 0;
	persist(logged());
	if (strcmp(how, "counted") == 0) {
		word[COUNTED]++;
		persist(&word[COUNTED]);
		word[COUNTED + LINE]++;
		persist(&word[COUNTED + LINE]);
	}
	return 0;
}

static int check(void)
{
	if (*logged() == 0 && *account(0) + *account(1) == 0 &&
		(*account(0) == 0 || *account(0) == 30))
		return 0;
	printf("%ld and %ld\n", (long)*account(0) + EACH, (long)*account(1) + EACH);
	return 1;
}

/* ---- the journal: a checksum and a value in a line each ---- */

static unsigned long checksum(const unsigned long *record, const char *how)
{
	unsigned long before = record > word && strcmp(how, "chained") == 0 ? record[-LINE] : 0;

	return (record[1] * 0x9e3779b97f4a7c15ul ^ before) | 1;
}

static unsigned long *end_of(const char *how)
{
	unsigned long *record = word;

	while (record < word + LINE * RECORDS && record[0] == checksum(record, how))
		record += LINE;
	return record;
}

static unsigned long *append(unsigned long *record, unsigned long value, const char *how)
{
	record[1] = value;
	record[0] = checksum(record, how);
	pmem2_get_flush_fn(map)(record, 2 * sizeof(long));
	return record + LINE;
}

static int batch(const char *how)
{
	unsigned long *end = end_of(how);

	end = append(end, 1, how);
	append(end, 2, how);
	pmem2_get_drain_fn(map)();
	return 0;
}

static int append_new(const char *how)
{
	append(end_of(how), NEW, how);
	pmem2_get_drain_fn(map)();
	return 0;
}

static int last(const char *how)
{
	unsigned long *end = end_of(how);

	if (end > word && end[-LINE + 1] == NEW)
		return 0;
	printf("%lu is the last one\n", end > word ? end[-LINE + 1] : 0);
	return 1;
}

int main(int argc, char *argv[])
{
	const char *command = argc > 2 ? argv[2] : "", *how = argc > 3 ? argv[3] : "";

	if (argc < 3 || open_file(argv[1]) != 0)
		return 2;
	return strcmp(command, "put") == 0       ? put(how)
	       : strcmp(command, "recover") == 0 ? recover(how)
	       : strcmp(command, "check") == 0   ? check()
	       : strcmp(command, "batch") == 0   ? batch(how)
	       : strcmp(command, "append") == 0  ? append_new(how)
	       : strcmp(command, "last") == 0    ? last(how)
	                                         : 2;
}
