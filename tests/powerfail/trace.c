/* SPDX-License-Identifier: BSD-3-Clause */
/* What a trace holds: read back, and replayed. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "program.h"

/* ---- what is in it ---- */

static void program_of_all_kinds(void)
{
	struct mapped m = map_file("file", 4096);

	memcpy(m.base, "persisted", 9);
	m.persist(m.base, 9);
	memcpy(m.base + 100, "flushed", 7);
	m.flush(m.base + 100, 7);
	m.memcpy(m.base + 1000, "copied", 6, PMEM2_F_MEM_NODRAIN);
	memcpy(m.base + 2000, "stored", 6);
	memcpy(m.base, "again", 5);
	pmem2_map_delete(&m.map);
}

START_TEST(records)
{
	static const enum pf_record_kind expected[] = {PF_RECORD_FILE, PF_RECORD_ATTACH,
		PF_RECORD_FLUSH, PF_RECORD_DRAIN, PF_RECORD_FLUSH, PF_RECORD_FLUSH, PF_RECORD_DIRTY,
		PF_RECORD_DIRTY, PF_RECORD_DETACH, PF_RECORD_EXIT};
	struct pf_reader reader;
	const struct pf_record *record;
	size_t n = 0;

	ck_assert_int_eq(run(program_of_all_kinds, "CACHE_LINE"), 0);
	ck_assert_int_eq(pmem2_pf_reader_open(&reader, "trace"), 0);
	while ((record = pmem2_pf_reader_next(&reader)) != NULL) {
		enum pf_record_kind kind = pmem2_pf_record_kind(record);
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;

		if (kind == PF_RECORD_MODULE || kind == PF_RECORD_STACK)
			continue;
		ck_assert_uint_lt(n, sizeof(expected) / sizeof(expected[0]));
		ck_assert_int_eq(kind, expected[n++]);
		if (n == 3) {
			ck_assert_uint_eq(l->offset, 4096);
			ck_assert_uint_eq(l->length, 9);
			ck_assert_uint_eq(l->flags, 0);
			ck_assert_mem_eq(l->content, "persisted", 10);
			ck_assert_uint_eq(l->record.thread, 1);
			ck_assert_uint_ne(l->record.stack, 0);
		}
		if (n == 6) {
			ck_assert_uint_eq(l->offset, 5096);
			ck_assert_uint_eq(l->flags, PF_LINES_COPY);
			ck_assert_mem_eq(l->content + 5096 % 64, "copied", 7);
		}
	}
	ck_assert_str_eq(reader.error, "");
	ck_assert_uint_eq(n, sizeof(expected) / sizeof(expected[0]));
	pmem2_pf_reader_close(&reader);
}
END_TEST

/* ---- what the program said ---- */

static void say(const char *text, int flags)
{
	int fd = open("said", O_WRONLY | O_CREAT | flags, 0600);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

static void program_that_says(void)
{
	setenv("PMEM2_POWERFAIL_ACK", "said", 1);
	struct mapped m = map_file("file", 0);

	m.flush(m.base, 1);
	say("one\n", O_APPEND);
	m.drain();
	say("two\n", O_APPEND);
	m.flush(m.base + 64, 1);
	say("3\n", O_TRUNC); /* shorter than what was there */
	m.drain();
	say("at the end\n", O_APPEND);
}

START_TEST(said)
{
	static const char *const before[] = {"", "one\n", "one\ntwo\n", "3\n", "3\nat the end\n"};
	const struct pf_record *record;
	struct replay r;
	struct trace t;
	size_t n = 0;

	ck_assert_int_eq(run(program_that_says, "CACHE_LINE"), 0);
	ck_assert_int_eq(trace_open(&t, "trace"), 0);
	ck_assert_int_eq(replay_open(&r, &t), 0);
	while ((record = replay_next(&r)) != NULL) {
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		if (kind == PF_RECORD_FLUSH || kind == PF_RECORD_DRAIN || kind == PF_RECORD_EXIT) {
			ck_assert_uint_eq(r.said.size, strlen(before[n]));
			ck_assert_mem_eq(r.said.text != NULL ? r.said.text : "", before[n],
				r.said.size);
			n++;
		}
		replay_apply(&r, record);
	}
	ck_assert(!r.failed);
	ck_assert_uint_eq(n, 5);
	replay_close(&r);
	trace_close(&t);
}
END_TEST

START_TEST(replayed)
{
	struct replay r;
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(pwrite(fd, "before", 6, 5000), 6);
	ck_assert_int_eq(pwrite(fd, "above", 5, 10), 5);
	close(fd);
	run_and_replay(&r, program_of_all_kinds, "CACHE_LINE");
	ck_assert(r.exited);
	ck_assert_str_eq(durable(&r, 0, 10), "above");
	ck_assert_str_eq(durable(&r, 0, 5000), "before");
	ck_assert_str_eq(durable(&r, 0, 4096), "persisted");
	ck_assert_str_eq(durable(&r, 0, 4096 + 100), ""); /* no drain */
	ck_assert_str_eq(durable(&r, 0, 4096 + 1000), "");
	ck_assert_str_eq(durable(&r, 0, 4096 + 2000), "");
	ck_assert_uint_eq(r.report->count[PF_MISSING_FLUSH], 2);
	ck_assert_uint_eq(r.report->count[PF_MISSING_DRAIN], 2);
	replay_close(&r);
}
END_TEST

static void program_of_pages(void)
{
	struct mapped m = map_file("file", 0);

	memcpy(m.base, "one", 3);
	memcpy(m.base + 4000, "two", 3);
	memcpy(m.base + 4096, "three", 5);
	m.persist(m.base + 4000, 3);
}

START_TEST(pages)
{
	struct replay r;

	run_and_replay(&r, program_of_pages, "PAGE");
	ck_assert_str_eq(durable(&r, 0, 0), "one");
	ck_assert_str_eq(durable(&r, 0, 4000), "two");
	ck_assert_str_eq(durable(&r, 0, 4096), "");
	replay_close(&r);
}
END_TEST

static void program_of_bytes(void)
{
	struct mapped m = map_file("file", 0);

	memcpy(m.base, "one", 3);
	memcpy(m.base + 9000, "two", 3);
	m.drain();
	memcpy(m.base, "three", 5);
}

START_TEST(bytes)
{
	struct replay r;

	run_and_replay(&r, program_of_bytes, "BYTE");
	ck_assert_str_eq(durable(&r, 0, 0), "one");
	ck_assert_str_eq(durable(&r, 0, 9000), "two");
	replay_close(&r);
}
END_TEST

/* ---- several maps and files ---- */

static void program_of_two_files(void)
{
	struct mapped a = map_file("a", 0), b = map_file("b", 0), again = map_file("a", 4096);

	memcpy(a.base, "first", 5);
	memcpy(b.base + 64, "second", 6);
	a.flush(a.base, 5);
	b.flush(b.base + 64, 6);
	a.drain();
	/* through one mapping or the other, it is the same line */
	memcpy(a.base + 4096, "third", 5);
	again.persist(again.base, 5);
}

START_TEST(two_files)
{
	struct replay r;

	run_and_replay(&r, program_of_two_files, "CACHE_LINE");
	ck_assert_uint_eq(r.media_count, 2);
	ck_assert_str_eq(durable(&r, 0, 0), "first");
	ck_assert_str_eq(durable(&r, 1, 64), "second");
	ck_assert_str_eq(durable(&r, 0, 4096), "third");
	ck_assert_uint_eq(r.report->count[PF_MISSING_FLUSH], 0);
	replay_close(&r);
}
END_TEST

static void program_that_maps_again(void)
{
	struct mapped m = map_file("file", 0);
	int fd = open("file", O_RDWR);

	memcpy(m.base, "stored", 6);
	memcpy(m.base + 64, "persisted", 9);
	m.persist(m.base + 64, 9);
	pmem2_map_delete(&m.map);
	if (pwrite(fd, "written", 7, 128) != 7 || ftruncate(fd, 2 * SIZE) != 0)
		abort();
	m = map_file("file", 0);
	memcpy(m.base + SIZE, "grown", 5);
	m.persist(m.base + SIZE, 5);
}

/* What was never flushed does not become durable by being mapped again; what write(2) wrote does. */
START_TEST(mapped_again)
{
	struct replay r;

	run_and_replay(&r, program_that_maps_again, "CACHE_LINE");
	ck_assert_uint_eq(r.media_count, 1);
	ck_assert_str_eq(durable(&r, 0, 0), "");
	ck_assert_str_eq(durable(&r, 0, 64), "persisted");
	ck_assert_str_eq(durable(&r, 0, 128), "written");
	ck_assert_str_eq(durable(&r, 0, SIZE), "grown");
	ck_assert_uint_eq(r.media[0]->size, 2 * SIZE);
	replay_close(&r);
}
END_TEST

/* ---- threads ---- */

static struct mapped shared_map;

static void *flush_many(void *arg)
{
	size_t mine = (size_t)(intptr_t)arg;

	for (uint64_t i = 1; i <= 5000; i++) {
		memcpy(shared_map.base + mine * 4096, &i, 8);
		shared_map.persist(shared_map.base + mine * 4096, 8);
	}
	return NULL;
}

static void program_of_threads(void)
{
	pthread_t threads[3];

	shared_map = map_file("file", 0);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, flush_many, (void *)(intptr_t)(i + 1));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

START_TEST(threads)
{
	uint64_t seen[4] = {0}, last = 5000;
	struct pf_reader reader;
	const struct pf_record *record;
	struct replay r;

	ck_assert_int_eq(run(program_of_threads, "CACHE_LINE"), 0);
	ck_assert_int_eq(pmem2_pf_reader_open(&reader, "trace"), 0);
	while ((record = pmem2_pf_reader_next(&reader)) != NULL) {
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;

		if (pmem2_pf_record_kind(record) != PF_RECORD_FLUSH)
			continue;
		ck_assert_mem_eq(l->content, &(uint64_t){seen[l->offset / 4096] + 1}, 8);
		seen[l->offset / 4096]++;
	}
	pmem2_pf_reader_close(&reader);
	replay_all(&r, "trace");
	ck_assert_uint_eq(r.thread_count, 3);
	for (size_t i = 1; i < 4; i++)
		ck_assert_mem_eq(durable(&r, 0, i * 4096), &last, 8);
	replay_close(&r);
}
END_TEST

/* A trace with any of its bytes changed may be refused, and does not crash its reader. */
static void damage(void (*program)(void))
{
	struct trace opened;
	struct replay r;
	const struct pf_record *record;
	uint32_t random = 12345;
	char *trace;
	size_t size = 3 * 4096 + SIZE;
	int fd;

	ck_assert_int_eq(run(program, "CACHE_LINE"), 0);
	fd = open("trace", O_RDWR);
	trace = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(trace, MAP_FAILED);
	for (int i = 0; i < 2000; i++) {
		size_t at;
		char saved;

		random = random * 1664525 + 1013904223;
		at = 4096 + (random >> 8) % (size - 4096);
		saved = trace[at];
		trace[at] = (char)random;
		ck_assert_int_eq(trace_open(&opened, "trace"), 0);
		ck_assert_int_eq(replay_open(&r, &opened), 0);
		while ((record = replay_next(&r)) != NULL)
			replay_apply(&r, record);
		replay_finish(&r, false);
		replay_close(&r);
		trace_close(&opened);
		trace[at] = saved;
	}
}

START_TEST(damaged)
{
	damage(program_of_all_kinds);
}
END_TEST

START_TEST(damaged_words)
{
	damage(program_that_says);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {records, said, replayed, pages, bytes, two_files,
		mapped_again, threads, damaged, damaged_words};

	return run_tests("trace", tests, sizeof(tests) / sizeof(tests[0]));
}
