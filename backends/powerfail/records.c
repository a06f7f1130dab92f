/* SPDX-License-Identifier: BSD-3-Clause */
/* records.c -- the records of the trace. */
#include "records.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "powerfail/frames.h"
#include "powerfail/medium.h"
#include "powerfail/said.h"
#include "powerfail/stacks.h"
#include "powerfail/trace_write.h"

static const struct pf_engine *const engine = &pmem2_pf_engine;

static struct pf_trace trace;
static struct pf_said said;
static struct pf_stacks stacks;
static uintptr_t last_site; /* of a stack of one frame: */
static uint32_t last_number;
static struct pf_module *modules; /* those that the trace has */
static size_t module_count;
static uint32_t family; /* its first process */

/* ---- modules ---- */

static bool is_known(const struct pf_module *m)
{
	for (size_t i = 0; i < module_count; i++)
		if (modules[i].begin == m->begin && modules[i].end == m->end &&
			strcmp(modules[i].path, m->path) == 0)
			return true;
	return false;
}

static void record_module(const struct pf_module *m)
{
	size_t size = sizeof(struct pf_record_module) + strlen(m->path) + 1;
	struct pf_record_module *r = pmem2_pf_trace_reserve(&trace, size);

	if (r == NULL)
		return;
	r->begin = m->begin;
	r->end = m->end;
	r->bias = m->bias;
	strcpy(r->path, m->path);
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_MODULE, size);
}

static void learn_module(const struct pf_module *m, void *arg)
{
	struct pf_module *grown;

	(void)arg;
	if (is_known(m))
		return;
	grown = realloc(modules, (module_count + 1) * sizeof(*m));
	if (grown == NULL)
		return;
	modules = grown;
	grown[module_count] = *m;
	grown[module_count].path = strdup(m->path);
	if (grown[module_count].path != NULL)
		module_count++;
	record_module(m);
}

const struct pf_module *pmem2_pf_records_modules(size_t *count)
{
	pmem2_pf_modules(learn_module, NULL);
	*count = module_count;
	return modules;
}

/* ---- stacks ---- */

static void record_stack(uint32_t number)
{
	const struct pf_stack *s = pmem2_pf_stack(&stacks, number);
	size_t size = sizeof(struct pf_record_stack) + s->count * sizeof(uint64_t);
	struct pf_record_stack *r = pmem2_pf_trace_reserve(&trace, size);

	if (r == NULL)
		return;
	r->record.stack = number;
	r->frames = s->count;
	for (uint32_t i = 0; i < s->count; i++)
		r->frame[i] = s->frame[i];
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_STACK, size);
}

uint32_t pmem2_pf_record_stack(const struct pf_frames *frames)
{
	bool fresh;
	uint32_t number = pmem2_pf_stack_number(&stacks, frames, &fresh);

	if (fresh)
		record_stack(number);
	return number;
}

static __attribute__((noinline)) uint32_t record_other_site(uintptr_t site)
{
	struct pf_frames frames;

	frames.count = 1;
	frames.frame[0] = site;
	last_number = pmem2_pf_record_stack(&frames);
	last_site = site;
	return last_number;
}

uint32_t pmem2_pf_record_site(const void *site)
{
	return (uintptr_t)site == last_site ? last_number : record_other_site((uintptr_t)site);
}

size_t pmem2_pf_records_frames(uint32_t stack, const uintptr_t **frames)
{
	const struct pf_stack *s = pmem2_pf_stack(&stacks, stack);

	*frames = s->frame;
	return stack != 0 ? s->count : 0;
}

/* ---- files and maps ---- */

int pmem2_pf_record_file(const struct pf_medium *medium, const struct pf_content *content, int *fd,
	size_t *at)
{
	return pmem2_pf_trace_file(&trace, medium->id, medium->path, content, fd, at);
}

static void record_map(enum pf_record_kind kind, const struct pf_map *map)
{
	struct pf_record_map *r = NULL;

	if (map->length > 0) /* else nothing of the file is there yet */
		r = pmem2_pf_trace_reserve(&trace, sizeof(*r));
	if (r == NULL)
		return;
	r->file = map->medium->id;
	r->granularity = map->granularity | (pmem2_pf_map_has_pages(map) ? PF_MAP_PAGES : 0);
	r->address = (uintptr_t)map->address;
	r->offset = map->offset;
	r->length = map->length;
	r->size = map->medium->size;
	pmem2_pf_trace_commit(&trace, r, kind, sizeof(*r));
}

void pmem2_pf_record_attach(const struct pf_map *map)
{
	record_map(PF_RECORD_ATTACH, map);
}

void pmem2_pf_record_detach(const struct pf_map *map)
{
	record_map(PF_RECORD_DETACH, map);
}

/* ---- what threads do ---- */

/* Whether the record belongs to the same moment as the last one: both are of one operation. */
static unsigned same_moment(enum pf_record_kind kind)
{
	static uint64_t event;
	static enum pf_record_kind last;
	bool same = event == engine->events && last == kind;

	event = engine->events;
	last = kind;
	return same ? PF_LINES_SAME : 0;
}

static const char *record_lines(enum pf_record_kind kind, struct pf_who who, unsigned flags,
	const struct pf_lines *lines)
{
	size_t first = lines->offset / PF_LINE * PF_LINE;
	size_t content = (lines->offset + lines->length - first + PF_LINE - 1) / PF_LINE * PF_LINE;
	struct pf_record_lines *r = NULL;

	if (trace.on)
		r = pmem2_pf_trace_reserve(&trace, sizeof(*r) + content);
	if (r == NULL)
		return lines->content;

	r->record.thread = who.thread;
	r->record.stack = who.stack;
	r->file = lines->map->medium->id;
	r->flags = flags | same_moment(kind);
	r->offset = lines->offset;
	r->length = lines->length;
	memcpy(r->content, lines->content, content);
	pmem2_pf_trace_commit(&trace, r, kind, sizeof(*r) + content);
	return r->content;
}

/* An msync(2) is recorded apart from what else the thread has pending. */
static struct pf_who recorded(struct pf_who who, bool msync)
{
	who.thread |= msync ? PF_THREAD_MSYNC : 0;
	return who;
}

const char *pmem2_pf_record_flush(struct pf_who who, bool copy, bool msync,
	const struct pf_lines *lines)
{
	return record_lines(PF_RECORD_FLUSH, recorded(who, msync), copy ? PF_LINES_COPY : 0, lines);
}

void pmem2_pf_record_dirty(struct pf_who who, bool last, const struct pf_lines *lines)
{
	record_lines(PF_RECORD_DIRTY, who, last ? PF_LINES_LAST : 0, lines);
}

const char *pmem2_pf_record_written(const struct pf_lines *lines)
{
	return record_lines(PF_RECORD_WRITTEN, (struct pf_who){0}, 0, lines);
}

void pmem2_pf_record_said(void)
{
	pmem2_pf_said_note(&said, &trace);
}

static void record_event(enum pf_record_kind kind, struct pf_who who)
{
	struct pf_record *r = pmem2_pf_trace_reserve(&trace, sizeof(*r));

	if (r == NULL)
		return;
	r->thread = who.thread;
	r->stack = who.stack;
	pmem2_pf_trace_commit(&trace, r, kind, sizeof(*r));
}

void pmem2_pf_record_drain(struct pf_who who, bool msync)
{
	record_event(PF_RECORD_DRAIN, recorded(who, msync));
}

void pmem2_pf_record_stray(struct pf_who who, const void *address, size_t length)
{
	struct pf_record_stray *r = pmem2_pf_trace_reserve(&trace, sizeof(*r));

	if (r == NULL)
		return;
	r->record.thread = who.thread;
	r->record.stack = who.stack;
	r->address = (uintptr_t)address;
	r->length = length;
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_STRAY, sizeof(*r));
}

void pmem2_pf_record_note(const char *text)
{
	size_t size = sizeof(struct pf_record_note) + strlen(text) + 1;
	struct pf_record_note *r = pmem2_pf_trace_reserve(&trace, size);

	if (r == NULL)
		return;
	strcpy(r->text, text);
	pmem2_pf_trace_commit(&trace, r, PF_RECORD_NOTE, size);
}

void pmem2_pf_record_exit(void)
{
	record_event(PF_RECORD_EXIT, (struct pf_who){0});
}

/* ---- begin, and begin again ---- */

bool pmem2_pf_records_on(void)
{
	return trace.on;
}

/* Which recorder hands calls to the backend beside the library: the one that is loaded exports that. */
static enum pf_recorder recorder(void)
{
	return dlsym(RTLD_DEFAULT, "pmem2_preload_recorder") != NULL ? PF_RECORDER_PRELOAD
	                                                             : PF_RECORDER_BACKEND;
}

int pmem2_pf_records_begin(void)
{
	int ret = pmem2_pf_stacks_init(&stacks);

	if (ret != 0 || engine->trace_path[0] == '\0')
		return ret;
	family = (uint32_t)getpid();
	ret = pmem2_pf_trace_open(&trace, engine->trace_path, recorder(), NULL, family);
	if (engine->said_path[0] != '\0')
		said.path = engine->said_path;
	said.socket = *engine->said_socket;
	said.input = *engine->ops;
	if (ret == 0)
		pmem2_pf_modules(learn_module, NULL);
	return ret;
}

/* The child's trace begins with what is durable now, as the child knows it. */
void pmem2_pf_records_forked(void)
{
	size_t known = module_count;

	if (!trace.on)
		return;
	pmem2_pf_trace_abandon(&trace);
	if (pmem2_pf_trace_open(&trace, engine->trace_path, recorder(), NULL, family) != 0)
		return;
	said.size = said.left = 0;
	for (size_t i = 0; i < known; i++)
		record_module(&modules[i]);
	for (uint32_t i = 0; (i = pmem2_pf_stack_next(&stacks, i)) != 0;)
		record_stack(i);
	for (size_t i = 0; i < engine->media_count; i++)
		pmem2_pf_trace_medium(&trace, engine->media[i]);
	for (size_t i = 0; i < engine->map_count; i++)
		record_map(PF_RECORD_ATTACH, &engine->maps[i]);
}
