/* SPDX-License-Identifier: BSD-3-Clause */
/* Traces that hold each store: what their replay says can be in a line, and what is durable. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "powerfail/model.h"
#include "powerfail/snapshot.h"
#include "powerfail/trace_write.h"
#include "program.h"

/* ---- traces by hand ---- */

static struct pf_trace trace;

static void begin(enum pf_recorder recorder)
{
	static const char zeros[SIZE];
	const struct pf_content content = {.size = SIZE, .fd = -1, .memory = zeros, .end = SIZE};
	struct pf_record_map *r;
	size_t at;
	int fd;

	ck_assert_int_eq(pmem2_pf_trace_open(&trace, "trace", recorder, "/a/program", 0), 0);
	ck_assert_int_eq(pmem2_pf_trace_file(&trace, 0, "/a/file", &content, &fd, &at), 0);
	close(fd);
	r = pmem2_pf_trace_reserve(&trace, sizeof(*r));
	r->granularity = PMEM2_GRANULARITY_CACHE_LINE;
	r->address = 0x10000;
	r->length = r->size = SIZE;
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_ATTACH, sizeof(*r));
}

static void store_as(uint32_t thread, size_t offset, const char *bytes, unsigned flags)
{
	size_t length = strlen(bytes);
	struct pf_record_store *r = pmem2_pf_trace_reserve(&trace, sizeof(*r) + length);

	r->record.thread = thread;
	r->flags = flags;
	r->offset = offset;
	r->length = length;
	memcpy(r->bytes, bytes, length);
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_STORE, sizeof(*r) + length);
}

static void store(size_t offset, const char *bytes)
{
	store_as(1, offset, bytes, 0);
}

/* The content is what a line of zeros has after some bytes at its begin. */
static void flush_as(uint32_t thread, size_t offset, const char *content, enum pf_flush_kind kind)
{
	struct pf_record_lines *r = pmem2_pf_trace_reserve(&trace, sizeof(*r) + PF_LINE);

	r->record.thread = thread;
	r->flags = (uint32_t)kind << PF_FLUSH_SHIFT;
	r->offset = offset;
	r->length = PF_LINE;
	memcpy(r->content, content, strlen(content));
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_FLUSH, sizeof(*r) + PF_LINE);
}

static void drain(void)
{
	struct pf_record_drain *r = pmem2_pf_trace_reserve(&trace, sizeof(*r));

	r->record.thread = 1;
	r->kind = PF_DRAIN_SFENCE;
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_DRAIN, sizeof(*r));
}

static void replay(struct replay *r)
{
	pmem2_pf_trace_abandon(&trace);
	replay_all(r, "trace");
}

/* The contents that the line at an offset may have beside the durable one, newest first, as texts. */
static const char *versions(const struct replay *r, size_t offset)
{
	static char text[4096];
	uint32_t i = *pmem2_pf_slot(r->model, r->media[0], offset / PF_LINE);

	text[0] = '\0';
	for (; i != 0; i = pmem2_pf_version(r->model, i)->older) {
		strcat(text, pmem2_pf_version(r->model, i)->content);
		strcat(text, " ");
	}
	return text;
}

/* ---- what they say ---- */

START_TEST(prefixes)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(0, "a");
	store(1, "b");
	store(0, "c");
	replay(&r);
	ck_assert_str_eq(versions(&r, 0), "cb ab a ");
	ck_assert_str_eq(durable(&r, 0, 0), "");
	ck_assert_uint_eq(r.stores, 3);
	replay_close(&r);
}
END_TEST

START_TEST(flushed_prefix)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(0, "a");
	store(1, "b");
	flush_as(1, 0, "ab", PF_FLUSH_CLWB);
	store(2, "c");
	drain();
	replay(&r);
	ck_assert_str_eq(durable(&r, 0, 0), "ab");
	ck_assert_str_eq(versions(&r, 0), "abc ");
	ck_assert_uint_eq(r.unseen, 0);
	replay_close(&r);
}
END_TEST

START_TEST(past_the_caches)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store_as(1, 0, "ab", PF_STORE_NON_TEMPORAL);
	store_as(1, 64, "ab", PF_STORE_NON_TEMPORAL);
	drain();
	store_as(1, 64, "c", PF_STORE_NON_TEMPORAL);
	replay(&r);
	ck_assert_str_eq(durable(&r, 0, 0), "ab");
	ck_assert_str_eq(versions(&r, 0), "");
	ck_assert_str_eq(durable(&r, 0, 64), "ab");
	ck_assert_str_eq(versions(&r, 64), "cb ");
	replay_close(&r);
}
END_TEST

/* A fence makes the one durable and not the other. */
START_TEST(both_ways_to_one_line)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(0, "a");
	store_as(1, 1, "b", PF_STORE_NON_TEMPORAL);
	store(2, "c");
	drain();
	replay(&r);
	ck_assert_mem_eq(durable(&r, 0, 0), "\0b\0", 3);
	ck_assert_str_eq(versions(&r, 0), "abc ab ");
	replay_close(&r);
}
END_TEST

START_TEST(streams_wait_for_their_thread)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store_as(2, 0, "a", PF_STORE_NON_TEMPORAL);
	drain();
	replay(&r);
	ck_assert_str_eq(durable(&r, 0, 0), "");
	ck_assert_str_eq(versions(&r, 0), "a ");
	replay_close(&r);
}
END_TEST

START_TEST(flush_in_order)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(0, "a");
	flush_as(1, 0, "a", PF_FLUSH_CLFLUSH);
	store_as(1, 64, "b", PF_STORE_NON_TEMPORAL);
	flush_as(1, 64, "b", PF_FLUSH_CLFLUSH);
	replay(&r);
	ck_assert_str_eq(durable(&r, 0, 0), "a");
	ck_assert_str_eq(versions(&r, 0), "");
	ck_assert_str_eq(durable(&r, 0, 64), ""); /* in no cache that it could write back */
	replay_close(&r);
}
END_TEST

START_TEST(short_of_persistence)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(0, "a");
	flush_as(1, 0, "a", PF_FLUSH_DC_CVAC);
	drain();
	store(64, "b");
	flush_as(1, 64, "b", PF_FLUSH_DC_CVAP);
	drain();
	replay(&r);
	ck_assert_str_eq(durable(&r, 0, 0), "");
	ck_assert_str_eq(durable(&r, 0, 64), "b");
	ck_assert_uint_eq(r.short_flushes, 1);
	replay_close(&r);
}
END_TEST

START_TEST(flushed_what_nobody_stored)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(0, "a");
	flush_as(1, 0, "ab", PF_FLUSH_CLWB);
	replay(&r);
	ck_assert_uint_eq(r.unseen, 1);
	replay_close(&r);
}
END_TEST

START_TEST(very_many_stores)
{
	struct replay r;
	char text[12];

	begin(PF_RECORDER_EXACT);
	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof(text), "%06d", i);
		store(0, text);
	}
	replay(&r);
	ck_assert_uint_eq(r.model->dirty, PF_MOST_STORES);
	ck_assert_int_eq(strncmp(versions(&r, 0), "099999 ", 7), 0);
	replay_close(&r);
}
END_TEST

START_TEST(across_lines)
{
	struct replay r;

	begin(PF_RECORDER_EXACT);
	store(62, "abcd");
	replay(&r);
	ck_assert_str_eq(versions(&r, 64), "cd ");
	ck_assert_uint_eq(r.model->dirty, 2);
	replay_close(&r);
}
END_TEST

/* ---- other versions ---- */

static int open_as(uint32_t version)
{
	struct pf_reader reader;
	int fd = open("trace", O_WRONLY), ret;

	ck_assert_int_eq(pwrite(fd, &version, 4, 8), 4);
	close(fd);
	ret = pmem2_pf_reader_open(&reader, "trace");
	if (ret == 0)
		pmem2_pf_reader_close(&reader);
	return ret;
}

START_TEST(other_versions)
{
	begin(PF_RECORDER_BACKEND);
	pmem2_pf_trace_abandon(&trace);
	ck_assert_int_eq(open_as(0), -1);
	ck_assert_int_eq(open_as(1), 0);
	ck_assert_int_eq(open_as(2), 0);
	ck_assert_int_eq(open_as(3), 0);
	ck_assert_int_eq(open_as(4), -1);
}
END_TEST

/* A drain of version 1 is 16 bytes. */
START_TEST(short_drain)
{
	struct pf_record *d;
	struct replay r;

	begin(PF_RECORDER_BACKEND);
	flush_as(1, 0, "a", PF_FLUSH_CALL);
	d = pmem2_pf_trace_reserve(&trace, sizeof(*d));
	d->thread = 1;
	pmem2_pf_trace_commit(&trace, d, PF_RECORD_DRAIN, sizeof(*d));
	replay(&r);
	ck_assert_str_eq(durable(&r, 0, 0), "a");
	replay_close(&r);
}
END_TEST

START_TEST(a_store_of_more_than_there_is)
{
	struct pf_record_store *s;
	struct pf_reader reader;

	begin(PF_RECORDER_EXACT);
	s = pmem2_pf_trace_reserve(&trace, sizeof(*s));
	s->length = 1;
	pmem2_pf_trace_commit(&trace, s, PF_RECORD_STORE, sizeof(*s));
	pmem2_pf_trace_abandon(&trace);
	ck_assert_int_eq(pmem2_pf_reader_open(&reader, "trace"), 0);
	while (pmem2_pf_reader_next(&reader) != NULL)
		;
	ck_assert_str_ne(reader.error, "");
	pmem2_pf_reader_close(&reader);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {prefixes, flushed_prefix, past_the_caches,
		both_ways_to_one_line, streams_wait_for_their_thread, flush_in_order,
		short_of_persistence, flushed_what_nobody_stored, very_many_stores, across_lines,
		other_versions, short_drain, a_store_of_more_than_there_is};

	return run_tests("stores", tests, sizeof(tests) / sizeof(tests[0]));
}
