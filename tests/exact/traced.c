/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * traced TRACE FILE: whether the stores of a trace make of the first file's content what FILE holds, and each flush
 * held what was stored. traced --race TRACE THREADS STORES: whether all stores of race.c are there once, each by
 * its own thread, in its order. traced --list TRACE: events, a line each. traced --lines TRACE: the lines of the
 * cache that each drain made durable, which all recorders see.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powerfail/medium.h"
#include "powerfail/trace_read.h"

static struct pf_reader reader;

static const struct pf_record *next_of(enum pf_record_kind kind)
{
	const struct pf_record *r;

	while ((r = pmem2_pf_reader_next(&reader)) != NULL && pmem2_pf_record_kind(r) != kind)
		;
	return r;
}

static int open_trace(const char *path)
{
	if (pmem2_pf_reader_open(&reader, path) == 0)
		return 0;
	fprintf(stderr, "%s\n", reader.error);
	return 2;
}

/* ---- a file ---- */

static char *content;
static size_t size, stores, unseen, wrong;

static void take(const struct pf_record *r)
{
	const struct pf_record_store *s = (const struct pf_record_store *)r;
	const struct pf_record_lines *l = (const struct pf_record_lines *)r;

	if (pmem2_pf_record_kind(r) == PF_RECORD_STORE && s->file == 0) {
		stores++;
		unseen += (s->flags & PF_STORE_UNSEEN) != 0;
		if (s->offset + s->length <= size)
			memcpy(content + s->offset, s->bytes, s->length);
	} else if (pmem2_pf_record_kind(r) == PF_RECORD_FLUSH && l->file == 0) {
		wrong += memcmp(content + l->offset, l->content, l->length) != 0;
	} else if (pmem2_pf_record_kind(r) == PF_RECORD_NOTE) {
		printf("note: %s\n", ((const struct pf_record_note *)r)->text);
	}
}

static size_t compare(const char *path)
{
	FILE *file = fopen(path, "re");
	size_t differ = 0, first = 0;

	for (size_t i = 0; file != NULL && i < size; i++)
		if ((char)fgetc(file) != content[i] && differ++ == 0)
			first = i;
	if (differ > 0)
		printf("the first difference is at %zu\n", first);
	if (file != NULL)
		fclose(file);
	return file != NULL ? differ : size;
}

static int check_file(const char *trace, const char *path)
{
	const struct pf_record_file *f;
	const struct pf_record *r;
	size_t differ;

	if (open_trace(trace) != 0)
		return 2;
	f = (const struct pf_record_file *)next_of(PF_RECORD_FILE);
	if (f == NULL)
		return 2;
	size = f->size;
	content = malloc((size + PF_PAGE) / PF_PAGE * PF_PAGE);
	memcpy(content, reader.base + f->content, size);
	while ((r = pmem2_pf_reader_next(&reader)) != NULL)
		take(r);
	differ = compare(path);
	printf("%zu stores, %zu that nobody saw, %zu flushes of something else, %zu bytes differ\n",
		stores, unseen, wrong, differ);
	return reader.error[0] != '\0' || wrong > 0 || differ > 0;
}

/* ---- a race ---- */

enum { THREADS = 16 };

static long votes[THREADS + 2][THREADS]; /* of whom a thread of the trace is */

/* What race.c stores: its thread, from 0, and the number of the store. */
static bool read_race(const struct pf_record_store *s, uint32_t *thread, uint32_t *number)
{
	uint32_t words[2];

	if (s->offset >= 512 || s->length != sizeof(words))
		return false;
	memcpy(words, s->bytes, sizeof(words));
	*number = words[0];
	*thread = words[1];
	return *thread < THREADS && s->record.thread < THREADS + 2;
}

static uint32_t elected(uint32_t thread)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < THREADS; i++)
		if (votes[thread][i] > votes[thread][best])
			best = i;
	return best;
}

static int check_race(const char *trace, uint32_t threads, uint32_t count)
{
	const struct pf_record_store *s;
	uint32_t thread, number, next[THREADS] = {0};
	long stolen = 0, wrong_order = 0, missing = 0;

	if (open_trace(trace) != 0)
		return 2;
	while ((s = (const struct pf_record_store *)next_of(PF_RECORD_STORE)) != NULL)
		if (read_race(s, &thread, &number))
			votes[s->record.thread][thread]++;
	pmem2_pf_reader_rewind(&reader);
	while ((s = (const struct pf_record_store *)next_of(PF_RECORD_STORE)) != NULL) {
		if (!read_race(s, &thread, &number))
			continue;
		stolen += elected(s->record.thread) != thread;
		wrong_order += number != next[thread];
		next[thread] = number + 1;
	}
	for (uint32_t i = 0; i < threads; i++)
		missing += next[i] != count;
	printf("%ld with a value of another thread, %ld not in order, %ld threads not complete\n",
		stolen, wrong_order, missing);
	return stolen > 0 || wrong_order > 0 || missing > 0;
}

/* ---- a list ---- */

static void list_event(const struct pf_record *r)
{
	const struct pf_record_store *s = (const struct pf_record_store *)r;
	const struct pf_record_lines *l = (const struct pf_record_lines *)r;

	if (pmem2_pf_record_kind(r) == PF_RECORD_STORE) {
		printf("%u store %" PRIx64 " flags %u:", r->thread, s->offset, s->flags);
		for (size_t i = 0; i < s->length; i++)
			printf(" %02x", (unsigned char)s->bytes[i]);
		printf("\n");
	} else if (pmem2_pf_record_kind(r) == PF_RECORD_FLUSH) {
		printf("%u flush %" PRIx64 " kind %d\n", r->thread, l->offset,
			pmem2_pf_flush_kind(l));
	} else if (pmem2_pf_record_kind(r) == PF_RECORD_DRAIN) {
		printf("%u drain kind %d\n", r->thread, pmem2_pf_drain_kind(r));
	}
}

static int list(const char *trace)
{
	const struct pf_record *r;

	if (open_trace(trace) != 0)
		return 2;
	while ((r = pmem2_pf_reader_next(&reader)) != NULL)
		list_event(r);
	return 0;
}

/* ---- what drains waited for ---- */

enum { MOST_LINES = 1 << 16 };

static uint64_t lines[MOST_LINES];
static size_t line_count;

static void note_lines(uint64_t offset, uint64_t length)
{
	for (uint64_t i = offset / PF_LINE; i <= (offset + length - 1) / PF_LINE; i++)
		if (line_count < MOST_LINES)
			lines[line_count++] = i;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void print_lines(void)
{
	qsort(lines, line_count, sizeof(lines[0]), by_number);
	for (size_t i = 0; i < line_count; i++)
		if (i == 0 || lines[i] != lines[i - 1])
			printf(" %" PRIx64, lines[i]);
	if (line_count > 0)
		printf("\n");
	line_count = 0;
}

static int list_lines(const char *trace)
{
	const struct pf_record *r;

	if (open_trace(trace) != 0)
		return 2;
	while ((r = pmem2_pf_reader_next(&reader)) != NULL) {
		const struct pf_record_store *s = (const struct pf_record_store *)r;
		const struct pf_record_lines *l = (const struct pf_record_lines *)r;

		if (pmem2_pf_record_kind(r) == PF_RECORD_FLUSH && l->length > 0)
			note_lines(l->offset, l->length);
		else if (pmem2_pf_record_kind(r) == PF_RECORD_STORE &&
			 (s->flags & PF_STORE_NON_TEMPORAL) != 0)
			note_lines(s->offset, s->length);
		else if (pmem2_pf_record_kind(r) == PF_RECORD_DRAIN)
			print_lines();
	}
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 5 && strcmp(argv[1], "--race") == 0)
		return check_race(argv[2], (uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]));
	if (argc == 3 && strcmp(argv[1], "--list") == 0)
		return list(argv[2]);
	if (argc == 3 && strcmp(argv[1], "--lines") == 0)
		return list_lines(argv[2]);
	return argc == 3 ? check_file(argv[1], argv[2]) : 2;
}
