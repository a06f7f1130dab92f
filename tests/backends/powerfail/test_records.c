/* SPDX-License-Identifier: BSD-3-Clause */
/* test_records.c -- what the trace has of each thing that happens. */
#include "records.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "powerfail/frames.h"
#include "powerfail/snapshot.h"
#include "powerfail/stacks.h"
#include "powerfail/trace_read.h"
#include "unit.h"

static char path[] = "/tmp/pmem2-records.XXXXXX";
static char *memory;
static struct pf_map *map;
static struct pf_reader reader;
static const struct pf_who who = {.thread = 3, .stack = 7};

static void begin(bool traced)
{
	close(mkstemp(path)); /* a trace is made, and overwrites nothing */
	unlink(path);
	if (traced)
		setenv("PMEM2_POWERFAIL_TRACE", path, 1);
	else
		unsetenv("PMEM2_POWERFAIL_TRACE");
	unit_engine();
	memory = unit_memory(PF_PAGE);
	map = unit_map(memory, PF_PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	map->offset = 3 * PF_PAGE;
}

static void setup(void)
{
	begin(true);
}

static void teardown(void)
{
	unlink(path);
}

static struct pf_lines lines_of(size_t offset, size_t length)
{
	return (struct pf_lines){map, offset, length, memory + offset / PF_LINE * PF_LINE};
}

static void read_again(const char *name)
{
	ck_assert_msg(pmem2_pf_reader_open(&reader, name) == 0, "%s", reader.error);
}

/* The next record of that kind; what a trace begins with, modules and stacks, is passed over by others. */
static const void *next(enum pf_record_kind kind)
{
	const struct pf_record *r;

	while ((r = pmem2_pf_reader_next(&reader)) != NULL && pmem2_pf_record_kind(r) != kind)
		ck_assert_int_eq(pmem2_pf_record_kind(r), PF_RECORD_MODULE);
	ck_assert_msg(r != NULL, "no record of kind %d: %s", (int)kind, reader.error);
	return r;
}

static void assert_lines(const struct pf_record_lines *r, uint32_t thread, unsigned flags,
	size_t offset, size_t length)
{
	ck_assert_uint_eq(r->record.thread, thread);
	ck_assert_uint_eq(r->file, 0);
	ck_assert_uint_eq(r->flags, flags);
	ck_assert_uint_eq(r->offset, offset);
	ck_assert_uint_eq(r->length, length);
}

START_TEST(without_a_trace_nothing_is_kept)
{
	unlink(path);
	strcpy(path, "/tmp/pmem2-records.XXXXXX");
	ENGINE->media_count = ENGINE->map_count = 0;
	const struct pf_lines lines = lines_of(0, 1);

	ck_assert(!pmem2_pf_records_on());
	ck_assert_ptr_eq(pmem2_pf_record_flush(who, false, false, &lines), memory);
	ck_assert_ptr_eq(pmem2_pf_record_written(&lines), memory);
	pmem2_pf_record_attach(map);
	pmem2_pf_record_drain(who, false);
	pmem2_pf_record_exit();
	pmem2_pf_records_forked();
}
END_TEST

START_TEST(maps)
{
	pmem2_pf_record_attach(map);
	pmem2_pf_record_detach(map);
	read_again(path);
	for (int i = 0; i < 2; i++) {
		const struct pf_record_map *r = next(i == 0 ? PF_RECORD_ATTACH : PF_RECORD_DETACH);

		ck_assert_uint_eq(r->file, 0);
		ck_assert_uint_eq(r->granularity, PMEM2_GRANULARITY_CACHE_LINE);
		ck_assert_uint_eq(r->address, (uintptr_t)memory);
		ck_assert_uint_eq(r->offset, 3 * PF_PAGE);
		ck_assert_uint_eq(r->length, PF_PAGE);
		ck_assert_uint_eq(r->size, PF_PAGE);
	}
}
END_TEST

/* Their content is that of the moment, and a copy. */
START_TEST(flushes)
{
	const struct pf_lines lines = lines_of(PF_LINE - 1, 2);

	memory[0] = 'a';
	memory[PF_LINE] = 'b';
	const char *content = pmem2_pf_record_flush(who, false, false, &lines);

	memory[0] = memory[PF_LINE] = 'x';
	ck_assert_int_eq(content[0], 'a');
	ck_assert_int_eq(content[PF_LINE], 'b');
	pmem2_pf_record_flush(who, true, false, &lines);
	ENGINE->events++; /* the next operation of the program */
	pmem2_pf_record_flush(who, false, true, &lines);
	pmem2_pf_record_drain(who, false);
	pmem2_pf_record_drain(who, true);
	read_again(path);
	const struct pf_record_lines *r = next(PF_RECORD_FLUSH);

	assert_lines(r, 3, 0, PF_LINE - 1, 2);
	ck_assert_uint_eq(r->record.stack, 7);
	ck_assert_int_eq(r->content[0], 'a');
	ck_assert_int_eq(r->content[PF_LINE], 'b');
	ck_assert_uint_eq(pmem2_pf_record_size(&r->record), sizeof(*r) + 2 * PF_LINE);
	assert_lines(next(PF_RECORD_FLUSH), 3, PF_LINES_COPY | PF_LINES_SAME, PF_LINE - 1, 2);
	assert_lines(next(PF_RECORD_FLUSH), 3 | PF_THREAD_MSYNC, 0, PF_LINE - 1, 2);
	ck_assert_uint_eq(((const struct pf_record *)next(PF_RECORD_DRAIN))->thread, 3);
	ck_assert_uint_eq(((const struct pf_record *)next(PF_RECORD_DRAIN))->thread,
		3 | PF_THREAD_MSYNC);
}
END_TEST

START_TEST(dirty_lines_written_ones_and_the_exit)
{
	const struct pf_lines lines = lines_of(PF_LINE, PF_LINE);

	pmem2_pf_record_dirty(who, false, &lines);
	pmem2_pf_record_dirty(who, true, &lines);
	pmem2_pf_record_written(&lines);
	pmem2_pf_record_exit();
	read_again(path);
	assert_lines(next(PF_RECORD_DIRTY), 3, 0, PF_LINE, PF_LINE);
	assert_lines(next(PF_RECORD_DIRTY), 3, PF_LINES_LAST | PF_LINES_SAME, PF_LINE, PF_LINE);
	assert_lines(next(PF_RECORD_WRITTEN), 0, 0, PF_LINE, PF_LINE);
	ck_assert_uint_eq(((const struct pf_record *)next(PF_RECORD_EXIT))->thread, 0);
	ck_assert_ptr_null(pmem2_pf_reader_next(&reader));
	ck_assert_str_eq(reader.error, "");
}
END_TEST

START_TEST(a_stack_once)
{
	struct pf_frames frames = {.count = 2, .frame = {0x1000, 0x2000}};
	const uintptr_t *found;
	uint32_t first = pmem2_pf_record_stack(&frames);

	ck_assert_uint_ne(first, 0);
	ck_assert_uint_eq(pmem2_pf_record_stack(&frames), first);
	frames.frame[1] = 0x3000;
	uint32_t second = pmem2_pf_record_stack(&frames);

	ck_assert_uint_ne(second, first);
	ck_assert_uint_eq(pmem2_pf_records_frames(second, &found), 2);
	ck_assert_uint_eq(found[1], 0x3000);
	ck_assert_uint_eq(pmem2_pf_records_frames(0, &found), 0);
	read_again(path);
	for (int i = 0; i < 2; i++) {
		const struct pf_record_stack *r = next(PF_RECORD_STACK);

		ck_assert_uint_eq(r->record.stack, i == 0 ? first : second);
		ck_assert_uint_eq(r->frames, 2);
		ck_assert_uint_eq(r->frame[0], 0x1000);
		ck_assert_uint_eq(r->frame[1], i == 0 ? 0x2000 : 0x3000);
	}
	ck_assert_ptr_null(pmem2_pf_reader_next(&reader));
}
END_TEST

START_TEST(a_file_with_what_it_holds)
{
	struct pf_content content = {.size = PF_PAGE, .fd = -1, .memory = memory, .end = PF_PAGE};
	char held[PF_LINE];
	size_t at;
	int fd;

	memory[5] = 'a';
	strcpy(map->medium->path, "/the/path");
	ck_assert_int_eq(pmem2_pf_record_file(map->medium, &content, &fd, &at), 0);
	ck_assert_int_eq(pread(fd, held, sizeof(held), (off_t)at), sizeof(held));
	ck_assert_int_eq(held[5], 'a');
	close(fd);
	read_again(path);
	const struct pf_record_file *r = next(PF_RECORD_FILE);

	ck_assert_str_eq(r->path, "/the/path");
	ck_assert_uint_eq(r->size, PF_PAGE);
	ck_assert_uint_eq(r->content, at);
	ck_assert_int_eq(reader.base[r->content + 5], 'a');
}
END_TEST

START_TEST(this_program_is_a_module)
{
	size_t count;
	const struct pf_module *modules = pmem2_pf_records_modules(&count);
	uintptr_t here = (uintptr_t)&begin;
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found = found || (modules[i].begin <= here && here < modules[i].end);
	ck_assert(found);
	read_again(path);
	const struct pf_record_module *r = next(PF_RECORD_MODULE);

	ck_assert_uint_lt(r->begin, r->end);
}
END_TEST

/* A child has a trace of its own, which begins with what is there; the parent's goes on. */
START_TEST(a_childs_trace)
{
	struct pf_frames frames = {.count = 1, .frame = {0x1000}};
	uint32_t stack = pmem2_pf_record_stack(&frames);
	char name[64];
	int status;
	pid_t child = fork();

	if (child == 0) {
		pmem2_pf_records_forked();
		_exit(pmem2_pf_records_on() ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	snprintf(name, sizeof(name), "%s.%d", path, (int)child);
	read_again(name);
	ck_assert_uint_eq(((const struct pf_record *)next(PF_RECORD_STACK))->stack, stack);
	ck_assert_uint_eq(((const struct pf_record_file *)next(PF_RECORD_FILE))->file, 0);
	ck_assert_uint_eq(((const struct pf_record_map *)next(PF_RECORD_ATTACH))->address,
		(uintptr_t)memory);
	pmem2_pf_reader_close(&reader);
	unlink(name);

	pmem2_pf_record_exit();
	read_again(path);
	next(PF_RECORD_STACK);
	next(PF_RECORD_EXIT);
}
END_TEST

static void setup_untraced(void)
{
	begin(false);
}

int main(void)
{
	const TTest *const untraced[] = {without_a_trace_nothing_is_kept, NULL};
	const TTest *const tests[] = {
		maps,
		flushes,
		dirty_lines_written_ones_and_the_exit,
		a_stack_once,
		a_file_with_what_it_holds,
		this_program_is_a_module,
		a_childs_trace,
		NULL,
	};
	int without = unit_run_with("records, no trace", untraced, setup_untraced, teardown);

	return unit_run_with("records", tests, setup, teardown) | without;
}
