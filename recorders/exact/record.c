/* SPDX-License-Identifier: BSD-3-Clause */
/* record.c -- writes the trace, and keeps the shadows. */
#include "record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpmem2.h>

#include "refuse.h"
#include "stacks.h"
#include "powerfail/said.h"
#include "powerfail/snapshot.h"
#include "powerfail/trace_write.h"

static struct pf_trace trace;
static struct pf_said said;
static const char *trace_path, *program_path;
static bool is_forked; /* and has no trace yet */

void pmem2_exact_record_init(const char *path, const char *program, const char *watched, int socket,
	bool ops)
{
	trace_path = path;
	program_path = program;
	said.path = watched;
	said.socket = socket;
	said.input = ops;
}

/* ---- the trace of this process ---- */

static void open_trace(void)
{
	if (pmem2_pf_trace_open(&trace, trace_path, PF_RECORDER_EXACT, program_path, 0) != 0)
		pmem2_exact_refuse("there is no trace to write to");
}

static void trace_content(struct exact_file *file, const struct pf_content *content, bool shadow)
{
	size_t at;
	int fd;

	if (pmem2_pf_trace_file(&trace, file->id, file->shadow.path, content, &fd, &at) != 0)
		pmem2_exact_refuse("the content of %s cannot be kept", file->shadow.path);
	if (shadow && pmem2_pf_medium_init(&file->shadow, fd, at, content->size) != 0)
		pmem2_exact_refuse("no memory for %s", file->shadow.path);
	close(fd);
}

/* What the parent knew to be in the files is what the child begins with. */
static void begin_again(void)
{
	is_forked = false;
	said.size = said.left = 0;
	open_trace();
	for (size_t i = 0; i < pmem2_exact_files(); i++) {
		struct exact_file *f = pmem2_exact_file(i);
		const struct pf_content content = {
			.size = f->shadow.size,
			.fd = -1,
			.memory = f->shadow.durable,
			.end = f->shadow.size,
		};

		trace_content(f, &content, false);
	}
	for (size_t i = 0; i < pmem2_exact_maps(); i++)
		pmem2_exact_record_attach(pmem2_exact_map(i));
	pmem2_exact_stacks_again();
}

void pmem2_exact_record_forked(void)
{
	pmem2_pf_trace_abandon(&trace);
	is_forked = true;
}

static void *reserve(size_t size)
{
	void *room;

	if (is_forked)
		begin_again();
	room = pmem2_pf_trace_reserve(&trace, size);
	if (room == NULL)
		pmem2_exact_refuse("the trace %s cannot go on", trace_path);
	return room;
}

/* What the program wrote before it did what is recorded next. */
static void note_said(void)
{
	if (said.path == NULL && !said.input)
		return;
	if (is_forked)
		begin_again();
	pmem2_pf_said_note(&said, &trace);
}

static void commit(void *room, enum pf_record_kind kind, size_t size)
{
	pmem2_pf_trace_commit(&trace, room, kind, size);
}

/* ---- files and mappings ---- */

void pmem2_exact_record_file(struct exact_file *file, int fd)
{
	const struct pf_content content = {.size = file->shadow.size, .fd = fd};

	if (is_forked)
		begin_again();
	else if (!trace.on)
		open_trace();
	trace_content(file, &content, true);
}

static void record_map(const struct exact_map *map, enum pf_record_kind kind)
{
	struct pf_record_map *r = reserve(sizeof(*r));

	r->file = map->file->id;
	r->granularity = PMEM2_GRANULARITY_CACHE_LINE;
	r->address = map->address;
	r->offset = map->offset;
	r->length = map->length;
	r->size = map->file->shadow.size;
	commit(r, kind, sizeof(*r));
}

void pmem2_exact_record_attach(const struct exact_map *map)
{
	record_map(map, PF_RECORD_ATTACH);
}

void pmem2_exact_record_detach(const struct exact_map *map)
{
	record_map(map, PF_RECORD_DETACH);
}

/* ---- what threads do ---- */

void pmem2_exact_record_store(const struct exact_thread *thread, struct exact_file *file,
	size_t offset, const void *bytes, size_t length, unsigned flags, uint32_t stack)
{
	struct pf_record_store *r;

	if (length == 0)
		return;
	pmem2_exact_file_touch(file, offset, length);
	r = reserve(sizeof(*r) + length);
	r->record.thread = thread->id;
	r->record.stack = stack;
	r->file = file->id;
	r->flags = flags;
	r->offset = offset;
	r->length = length;
	memcpy(r->bytes, bytes, length);
	memcpy(file->shadow.durable + offset, r->bytes, length);
	commit(r, PF_RECORD_STORE, sizeof(*r) + length);
}

void pmem2_exact_record_flush(uint32_t thread, const struct exact_file *file, size_t offset,
	size_t length, enum pf_flush_kind kind, uint32_t stack)
{
	struct pf_record_lines *r;

	note_said();
	r = reserve(sizeof(*r) + length);
	r->record.thread = thread;
	r->record.stack = stack;
	r->file = file->id;
	r->flags = (uint32_t)kind << PF_FLUSH_SHIFT;
	r->offset = offset;
	r->length = length;
	memcpy(r->content, file->shadow.durable + offset, length);
	commit(r, PF_RECORD_FLUSH, sizeof(*r) + length);
}

void pmem2_exact_record_stray(uint32_t thread, uint64_t address, uint32_t stack)
{
	struct pf_record_stray *r = reserve(sizeof(*r));

	r->record.thread = thread;
	r->record.stack = stack;
	r->address = address;
	r->length = PF_LINE;
	commit(r, PF_RECORD_STRAY, sizeof(*r));
}

void pmem2_exact_record_drain(uint32_t thread, enum pf_drain_kind kind, uint32_t stack)
{
	struct pf_record_drain *r;

	note_said();
	r = reserve(sizeof(*r));
	r->record.thread = thread;
	r->record.stack = stack;
	r->kind = kind;
	commit(r, PF_RECORD_DRAIN, sizeof(*r));
}

/* ---- names ---- */

void pmem2_exact_record_stack(uint32_t number, const uint64_t *frames, size_t count)
{
	size_t size = sizeof(struct pf_record_stack) + count * sizeof(uint64_t);
	struct pf_record_stack *r = reserve(size);

	r->record.stack = number;
	r->frames = count;
	memcpy(r->frame, frames, count * sizeof(uint64_t));
	commit(r, PF_RECORD_STACK, size);
}

void pmem2_exact_record_module(uint64_t begin, uint64_t end, uint64_t bias, const char *path)
{
	size_t size = sizeof(struct pf_record_module) + strlen(path) + 1;
	struct pf_record_module *r = reserve(size);

	r->begin = begin;
	r->end = end;
	r->bias = bias;
	strcpy(r->path, path);
	commit(r, PF_RECORD_MODULE, size);
}

/* ---- the end ---- */

void pmem2_exact_record_note(const char *format, ...)
{
	char text[256];
	struct pf_record_note *r;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!trace.on)
		return;
	r = reserve(sizeof(*r) + strlen(text) + 1);
	strcpy(r->text, text);
	commit(r, PF_RECORD_NOTE, sizeof(*r) + strlen(text) + 1);
}

void pmem2_exact_record_exit(void)
{
	struct pf_record *r;

	if (!trace.on)
		return;
	note_said();
	r = reserve(sizeof(*r));
	commit(r, PF_RECORD_EXIT, sizeof(*r));
}

void pmem2_exact_record_broken(void)
{
	struct pf_record *r = pmem2_pf_trace_reserve(&trace, sizeof(*r));

	if (r != NULL)
		commit(r, PF_RECORD_BROKEN, sizeof(*r));
	pmem2_pf_trace_abandon(&trace);
}
