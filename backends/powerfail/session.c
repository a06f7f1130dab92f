/* SPDX-License-Identifier: BSD-3-Clause */
/* session.c -- what the environment asked for, and the engine's life. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "powerfail/losses.h"
#include "powerfail/snapshot.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static const size_t thread_reserve = (size_t)256 << 20; /* bytes of address space */

/* ---- the environment ---- */

static void copy_setting(char *to, size_t size, const char *name)
{
	const char *value = secure_getenv(name);

	if (value == NULL)
		return;
	if (strlen(value) < size)
		strcpy(to, value);
	else
		fprintf(stderr, "libpmem2 powerfail: %s is too long, ignored\n", name);
}

static bool is_set(const char *name)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

static void read_settings(struct pf_settings *s)
{
	copy_setting(s->trace, sizeof(s->trace), "PMEM2_POWERFAIL_TRACE");
	copy_setting(s->report, sizeof(s->report), "PMEM2_POWERFAIL_REPORT");
	s->stacks = is_set("PMEM2_POWERFAIL_STACKS");
	s->dirty = is_set("PMEM2_POWERFAIL_DIRTY") ? PF_DIRTY_ON : PF_DIRTY_OFF;
	if (s->dirty && strcmp(secure_getenv("PMEM2_POWERFAIL_DIRTY"), "auto") == 0)
		s->dirty = PF_DIRTY_IF_CHEAP;
}

/* ---- modules and stacks ---- */

static bool is_known(const struct pf_module *m)
{
	for (size_t i = 0; i < engine->module_count; i++)
		if (engine->modules[i].begin == m->begin && engine->modules[i].end == m->end &&
			strcmp(engine->modules[i].path, m->path) == 0)
			return true;
	return false;
}

static void trace_module(const struct pf_module *m)
{
	size_t size = sizeof(struct pf_record_module) + strlen(m->path) + 1;
	struct pf_record_module *r = pmem2_pf_trace_reserve(&engine->trace, size);

	if (r == NULL)
		return;
	r->begin = m->begin;
	r->end = m->end;
	r->bias = m->bias;
	strcpy(r->path, m->path);
	pmem2_pf_trace_commit(&engine->trace, r, PF_RECORD_MODULE, size);
}

static void learn_module(const struct pf_module *m, void *arg)
{
	size_t size = (engine->module_count + 1) * sizeof(*m);
	struct pf_module *grown;

	(void)arg;
	if (is_known(m))
		return;
	grown = realloc(engine->modules, size);
	if (grown == NULL)
		return;
	engine->modules = grown;
	grown[engine->module_count] = *m;
	grown[engine->module_count].path = strdup(m->path);
	if (grown[engine->module_count].path != NULL)
		engine->module_count++;
	trace_module(m);
}

static void trace_stack(uint32_t number)
{
	const struct pf_stack *s = pmem2_pf_stack(&engine->stacks, number);
	size_t size = sizeof(struct pf_record_stack) + s->count * sizeof(uint64_t);
	struct pf_record_stack *r = pmem2_pf_trace_reserve(&engine->trace, size);

	if (r == NULL)
		return;
	r->record.stack = number;
	r->frames = s->count;
	for (uint32_t i = 0; i < s->count; i++)
		r->frame[i] = s->frame[i];
	pmem2_pf_trace_commit(&engine->trace, r, PF_RECORD_STACK, size);
}

uint32_t pmem2_pf_session_stack(const struct pf_frames *frames)
{
	bool fresh;
	uint32_t number = pmem2_pf_stack_number(&engine->stacks, frames, &fresh);

	if (fresh)
		trace_stack(number);
	return number;
}

/* ---- files and maps ---- */

int pmem2_pf_session_file(const struct pf_medium *medium, const struct pf_content *content, int *fd,
	size_t *at)
{
	int ret;

	if (engine->trace.on)
		return pmem2_pf_trace_file(&engine->trace, medium->id, medium->path, content, fd,
			at);

	*at = 0;
	*fd = pmem2_pf_snapshot_open();
	if (*fd < 0)
		return *fd;
	ret = ftruncate(*fd, (off_t)((content->size + PF_PAGE - 1) / PF_PAGE * PF_PAGE)) == 0
	              ? 0
	              : -errno;
	if (ret == 0)
		ret = pmem2_pf_snapshot(content, *fd, 0);
	if (ret != 0)
		close(*fd);
	return ret;
}

void pmem2_pf_session_map(enum pf_record_kind kind, const struct pf_map *map)
{
	struct pf_record_map *r = pmem2_pf_trace_reserve(&engine->trace, sizeof(*r));

	if (r == NULL)
		return;
	r->file = map->medium->id;
	r->granularity = map->granularity;
	r->address = (uintptr_t)map->address;
	r->offset = map->offset;
	r->length = map->length;
	r->size = map->medium->size;
	pmem2_pf_trace_commit(&engine->trace, r, kind, sizeof(*r));
}

/* ---- fork ---- */

static void trace_file_again(const struct pf_medium *medium)
{
	const struct pf_content content = {
		.size = medium->size,
		.fd = -1,
		.memory = medium->durable,
		.end = medium->size,
	};
	size_t at;
	int fd;

	if (pmem2_pf_trace_file(&engine->trace, medium->id, medium->path, &content, &fd, &at) == 0)
		close(fd);
}

/* The child's trace begins with what is durable now, as the child knows it. */
static void trace_again(void)
{
	size_t modules = engine->module_count;

	pmem2_pf_trace_abandon(&engine->trace);
	if (pmem2_pf_trace_open(&engine->trace, engine->settings.trace, PF_RECORDER_BACKEND,
		    NULL) != 0)
		return;
	for (size_t i = 0; i < modules; i++)
		trace_module(&engine->modules[i]);
	for (uint32_t i = 0; (i = pmem2_pf_stack_next(&engine->stacks, i)) != 0;)
		trace_stack(i);
	for (size_t i = 0; i < engine->media_count; i++)
		trace_file_again(engine->media[i]);
	for (size_t i = 0; i < engine->map_count; i++)
		pmem2_pf_session_map(PF_RECORD_ATTACH, &engine->maps[i]);
}

void pmem2_pf_session_forked(void)
{
	struct pf_settings *s = &engine->settings;
	size_t n = strlen(s->report);

	if (n > 0 && strcmp(s->report, "stderr") != 0)
		snprintf(s->report + n, sizeof(s->report) - n, ".%d", (int)getpid());
	engine->forked = true;
	engine->events = 0;
	pmem2_pf_model_forget(&engine->model);
	pmem2_pf_report_clear(&engine->report);
	engine->last_map = NULL;
	pmem2_pf_changed_forked();
	if (engine->trace.on)
		trace_again();
}

/* ---- the report ---- */

static const char *file_name(uint32_t file, void *arg)
{
	(void)arg;
	return file < engine->media_count ? engine->media[file]->path : "?";
}

static size_t stack_frames(uint32_t stack, const uintptr_t **frames, void *arg)
{
	const struct pf_stack *s = pmem2_pf_stack(&engine->stacks, stack);

	(void)arg;
	*frames = s->frame;
	return stack != 0 ? s->count : 0;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static void print_report(FILE *out, bool json, size_t first)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	struct pf_names names = {
		.program = program,
		.process = (unsigned)getpid(),
		.file = file_name,
		.stack = stack_frames,
	};

	program[n > 0 ? n : 0] = '\0';
	pmem2_pf_modules(learn_module, NULL);
	names.modules = engine->modules;
	names.module_count = engine->module_count;
	if (json)
		pmem2_pf_report_json(&engine->report, &names, out);
	else
		pmem2_pf_report_text(&engine->report, first, &names, out);
	if (engine->unseen > 0)
		fprintf(stderr,
			"libpmem2 powerfail: %llu operations of signal handlers were not "
			"followed\n",
			(unsigned long long)engine->unseen);
	if (engine->model.dropped > 0)
		fprintf(stderr, "libpmem2 powerfail: no memory to follow %llu flushes\n",
			(unsigned long long)engine->model.dropped);
}

static void report_to_file(void)
{
	const char *path = engine->settings.report;
	FILE *out = fopen(path, "we");

	if (out == NULL) {
		fprintf(stderr, "libpmem2 powerfail: cannot write the report %s: %s\n", path,
			strerror(errno));
		return;
	}
	print_report(out, ends_in(path, ".json"), 0);
	fclose(out);
}

/* A file is written whole each time; on stderr only findings from `first` on are said. */
static void report(size_t first)
{
	if (strcmp(engine->settings.report, "stderr") == 0)
		print_report(stderr, false, first);
	else if (engine->settings.report[0] != '\0')
		report_to_file();
}

static bool is_in_map(const struct pf_version *v, const void *arg)
{
	const struct pf_map *map = arg;

	return pmem2_pf_is_within(v, map->medium, map->offset, map->length);
}

static bool is_in_any_map(const struct pf_version *v, const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < engine->map_count; i++)
		if (is_in_map(v, &engine->maps[i]))
			return true;
	return false;
}

static uint64_t losses(void)
{
	return engine->report.count[PF_MISSING_FLUSH] + engine->report.count[PF_MISSING_DRAIN];
}

void pmem2_pf_session_detaching(struct pf_map *map)
{
	size_t first = pmem2_pf_findings(&engine->report);
	uint64_t before = losses();

	if (engine->settings.report[0] == '\0' && !engine->trace.on)
		return;
	if (map->granularity != PMEM2_GRANULARITY_BYTE)
		pmem2_pf_note_dirty(map, (struct pf_who){0}, PF_LINES_LAST);
	pmem2_pf_find_losses(&engine->model, &engine->report, is_in_map, map);
	if (losses() > before)
		report(first);
}

/* ---- start and exit ---- */

static void at_exit(void)
{
	struct pf_record *r;

	if (!pmem2_pf_enter())
		return;
	if (engine->forked && engine->events == 0) {
		pmem2_pf_leave();
		return;
	}
	pmem2_pf_note_dirty(NULL, (struct pf_who){0}, PF_LINES_LAST);
	r = pmem2_pf_trace_reserve(&engine->trace, sizeof(*r));
	if (r != NULL)
		pmem2_pf_trace_commit(&engine->trace, r, PF_RECORD_EXIT, sizeof(*r));
	pmem2_pf_find_losses(&engine->model, &engine->report, is_in_any_map, NULL);
	report(0);
	pmem2_pf_leave();
}

int pmem2_pf_session_begin(void)
{
	int ret;

	read_settings(&engine->settings);
	ret = pmem2_pf_model_init(&engine->model, false);
	if (ret == 0)
		ret = pmem2_pf_stacks_init(&engine->stacks);
	if (ret == 0)
		ret = pmem2_pf_report_init(&engine->report);
	if (ret == 0)
		ret = pmem2_pf_arena_init(&engine->threads, thread_reserve);
	if (ret != 0)
		return ret;

	if (engine->settings.trace[0] != '\0')
		ret = pmem2_pf_trace_open(&engine->trace, engine->settings.trace,
			PF_RECORDER_BACKEND, NULL);
	if (ret != 0)
		return ret;
	if (engine->trace.on)
		pmem2_pf_modules(learn_module, NULL);
	if (engine->trace.on || engine->settings.report[0] != '\0')
		atexit(at_exit);
	return 0;
}
