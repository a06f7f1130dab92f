/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.c -- goes through a trace, record by record. */
#include "replay.h"

#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powerfail/losses.h"
#include "powerfail/report.h"
#include "powerfail/stacks.h"
#include "powerfail/volatile.h"
#include "replay_parts.h"
#include "trace.h"

static void fail(struct replay *r, const char *why)
{
	if (!r->failed)
		snprintf(r->error, sizeof(r->error), "%s", why);
	r->failed = true;
}

/* Makes room for one more in an array; whether there is. */
static bool grow(struct replay *r, void *array, size_t count, size_t size)
{
	void *grown;

	if ((count & (count - 1)) != 0)
		return true; /* room is doubled at powers of two */
	memcpy(&grown, array, sizeof(grown));
	grown = realloc(grown, (count > 0 ? 2 * count : 1) * size);
	if (grown == NULL) {
		fail(r, "no memory");
		return false;
	}
	memcpy(array, &grown, sizeof(grown));
	return true;
}

/* ---- what is durable ---- */

uint64_t replay_hash(const struct pf_medium *medium, size_t line, const char *content)
{
	uint64_t h = (line + 1) * UINT64_C(0x9e3779b97f4a7c15) ^
	             (medium->id + 1) * UINT64_C(0xc2b2ae3d27d4eb4f);
	char without[PF_LINE];
	uint64_t word;

	if (medium->volatile_bytes != NULL) {
		static const char zeros[PF_LINE];

		memcpy(without, content, PF_LINE);
		pmem2_pf_volatile_copy(medium, line, without, zeros);
		content = without;
	}
	for (int i = 0; i < PF_LINE; i += 8) {
		memcpy(&word, content + i, 8);
		h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h;
}

static void settling(void *arg, struct pf_medium *medium, size_t line, const char *content)
{
	struct replay *r = arg;
	const char *before = pmem2_pf_medium_line(medium, line);
	bool minor;

	if (pmem2_pf_same_line(before, content))
		return;
	minor = pmem2_pf_volatile_alike(medium, line * PF_LINE, before, content, PF_LINE);
	r->hash += replay_hash(medium, line, content) - replay_hash(medium, line, before);
	if (r->remembers && grow(r, &r->before, r->journal_count, sizeof(*r->before)))
		memcpy(r->before[r->journal_count], before, PF_LINE);
	if (grow(r, &r->journal, r->journal_count, sizeof(*r->journal)))
		r->journal[r->journal_count++] =
			(struct changed_line){medium, line, r->event, minor};
}

/* ---- begin and end ---- */

int replay_open(struct replay *r, const struct trace *trace)
{
	*r = (struct replay){
		.trace = trace,
		.model = calloc(1, sizeof(*r->model)),
		.report = calloc(1, sizeof(*r->report)),
	};
	if (r->model == NULL || r->report == NULL || pmem2_pf_model_init(r->model, true) != 0 ||
		pmem2_pf_report_init(r->report) != 0) {
		fail(r, "no memory");
		return -1;
	}
	r->model->settling = settling;
	r->model->arg = r;
	return 0;
}

void replay_close(struct replay *r)
{
	for (size_t i = 0; i < r->media_count; i++) {
		replay_volatile_free(r->media[i]);
		pmem2_pf_medium_finish(r->media[i]);
		free(r->media[i]);
	}
	for (size_t i = 0; i < r->thread_count; i++)
		free(r->threads[i]);
	free(r->media);
	free(r->threads);
	free(r->maps);
	free(r->stacks);
	free(r->modules);
	free(r->journal);
	free(r->said.text);
	free(r->before);
	if (r->report != NULL)
		pmem2_pf_report_finish(r->report);
	if (r->model != NULL)
		pmem2_pf_model_finish(r->model);
	free(r->report);
	free(r->model);
}

const struct pf_record *replay_next(struct replay *r)
{
	const struct pf_record *record = r->failed ? NULL : trace_record(r->trace, r->event + 1);

	if (record == NULL && r->trace->error[0] != '\0')
		fail(r, r->trace->error);
	return record;
}

/* ---- who ---- */

struct pf_thread *replay_thread(const struct replay *r, uint32_t id)
{
	for (size_t i = 0; i < r->thread_count; i++)
		if (r->threads[i]->id == id)
			return r->threads[i];
	return NULL;
}

struct pf_thread *replay_know_thread(struct replay *r, uint32_t id)
{
	struct pf_thread *t = replay_thread(r, id);

	if (t != NULL)
		return t;
	t = calloc(1, sizeof(*t));
	if (t == NULL || !grow(r, &r->threads, r->thread_count, sizeof(struct pf_thread *))) {
		fail(r, "no memory");
		free(t);
		return NULL;
	}
	t->id = id;
	r->threads[r->thread_count++] = t;
	return t;
}

size_t replay_pending(const struct replay *r)
{
	size_t pending = 0;

	for (size_t i = 0; i < r->thread_count; i++)
		pending += r->threads[i]->pending;
	return pending;
}

/* ---- records ---- */

static void apply_file(struct replay *r, const struct pf_record_file *f)
{
	struct pf_medium *m = calloc(1, sizeof(*m));

	if (f->file != r->media_count) {
		fail(r, "the trace is damaged: a file has the wrong number");
		free(m);
		return;
	}
	if (m == NULL || pmem2_pf_medium_init(m, r->trace->reader.fd, f->content, f->size) != 0 ||
		!grow(r, &r->media, r->media_count, sizeof(struct pf_medium *))) {
		fail(r, "no memory for a file of the trace");
		free(m);
		return;
	}
	r->media[r->media_count++] = m;
	m->id = f->file;
	m->granularity = PMEM2_GRANULARITY_CACHE_LINE; /* until it is mapped */
	snprintf(m->path, sizeof(m->path), "%s", f->path);
	if (!replay_volatile(m, r->trace))
		fail(r, "no memory for the parts of a file that need no flush");
}

struct pf_medium *replay_medium(struct replay *r, uint32_t file, size_t end)
{
	uint32_t number = file & ~PF_SIZE_OF;
	struct pf_medium *m = number < r->media_count ? r->media[number] : NULL;

	if (m == NULL)
		fail(r, "the trace is damaged: it names a file that it has not");
	else if (file != number && (m = pmem2_pf_medium_sizes(m)) == NULL)
		fail(r, "no memory for the size of a file");
	else if (end > m->capacity && pmem2_pf_medium_grow(m, end) != 0)
		fail(r, "no memory for a file that grew");
	return r->failed ? NULL : m;
}

/* What of a file is mapped finer than in pages is written as it is flushed. */
static void find_pages(const struct replay *r, struct pf_medium *m)
{
	bool any = false, fine = false;

	for (size_t i = 0; i < r->map_count; i++)
		if (r->maps[i].medium == m) {
			any = true;
			fine = fine || !r->maps[i].pages;
		}
	if (any)
		m->pages = !fine;
}

static struct attached *find_map(const struct replay *r, uint64_t address)
{
	for (size_t i = 0; i < r->map_count; i++)
		if (r->maps[i].address == address)
			return &r->maps[i];
	return NULL;
}

static void apply_attach(struct replay *r, const struct pf_record_map *a)
{
	struct pf_medium *m = replay_medium(r, a->file, a->size);
	struct attached *there = find_map(r, a->address);
	uint32_t granularity = a->granularity & PF_MAP_GRANULARITY;
	bool pages = (a->granularity & PF_MAP_PAGES) != 0;

	if (m == NULL || (there == NULL && !grow(r, &r->maps, r->map_count, sizeof(*r->maps))))
		return;
	if (a->size > m->size)
		m->size = a->size;
	if (there == NULL)
		there = &r->maps[r->map_count++];
	else
		r->whole_maps -= there->whole;
	*there = (struct attached){m, a->address, a->offset, a->length,
		granularity != PMEM2_GRANULARITY_CACHE_LINE, pages};
	r->whole_maps += there->whole;
	find_pages(r, m);
	if (!pages || m->pages)
		m->granularity = granularity;
}

bool replay_is_in_map(const struct pf_version *v, const void *arg)
{
	const struct attached *map = arg;

	return pmem2_pf_is_within(v, map->medium, map->offset, map->length);
}

static void apply_detach(struct replay *r, const struct pf_record_map *d)
{
	struct attached *there = find_map(r, d->address), was;

	if (there == NULL)
		return;
	was = *there;
	/* what the kernel has yet to write is not lost by that */
	if (!was.medium->pages)
		replay_find_losses(r, &was);
	r->whole_maps -= was.whole;
	*there = r->maps[--r->map_count];
	find_pages(r, was.medium);
}

/* A thread that drains for another waits for nothing: whose lines those are remembers it. */
static void note_foreign_drain(struct replay *r, const struct pf_thread *drainer)
{
	if (r->model->used == r->model->dirty)
		return;
	for (uint32_t i = 1; i < pmem2_pf_versions(r->model); i++) {
		struct pf_version *v = pmem2_pf_version(r->model, i);

		if (v->medium != NULL && v->thread != NULL && v->thread != drainer)
			v->foreign = true;
	}
}

static void apply_drain(struct replay *r, const struct pf_record *d)
{
	struct pf_thread *t = replay_know_thread(r, d->thread);
	bool msync = (d->thread & PF_THREAD_MSYNC) != 0, visible;

	r->report->drains++;
	visible = r->visible;
	r->visible = false;
	if (t == NULL || pmem2_pf_model_drain(r->model, t) > 0 || visible)
		return;
	/* an msync(2) has no record of a flush if it found nothing changed */
	pmem2_pf_report_count(r->report, msync ? PF_REDUNDANT_FLUSH : PF_EMPTY_DRAIN, d->stack, 0,
		0, 0);
	if (!msync)
		note_foreign_drain(r, t);
}

static void apply_module(struct replay *r, const struct pf_record_module *m)
{
	if (grow(r, &r->modules, r->module_count, sizeof(*r->modules)))
		r->modules[r->module_count++] =
			(struct pf_module){m->begin, m->end, m->bias, m->path};
}

static void apply_stack(struct replay *r, const struct pf_record_stack *s)
{
	if (grow(r, &r->stacks, r->stack_count, sizeof(struct pf_record_stack *)))
		r->stacks[r->stack_count++] = s;
}

static void apply_stray(struct replay *r, const struct pf_record_stray *s)
{
	pmem2_pf_report_count(r->report, PF_STRAY_FLUSH, s->record.stack, 0, s->address, s->length);
}

static void apply(struct replay *r, const struct pf_record *record)
{
	switch (pmem2_pf_record_kind(record)) {
	case PF_RECORD_FILE:
		apply_file(r, (const struct pf_record_file *)record);
		break;
	case PF_RECORD_ATTACH:
		apply_attach(r, (const struct pf_record_map *)record);
		break;
	case PF_RECORD_DETACH:
		apply_detach(r, (const struct pf_record_map *)record);
		break;
	case PF_RECORD_WRITTEN:
	case PF_RECORD_FLUSH:
	case PF_RECORD_DIRTY:
		replay_lines(r, (const struct pf_record_lines *)record);
		break;
	case PF_RECORD_DRAIN:
		apply_drain(r, record);
		break;
	case PF_RECORD_MODULE:
		apply_module(r, (const struct pf_record_module *)record);
		break;
	case PF_RECORD_STACK:
		apply_stack(r, (const struct pf_record_stack *)record);
		break;
	case PF_RECORD_EXIT:
		r->exited = true;
		r->hash += r->left != 0; /* that operations are complete makes other images right */
		break;
	case PF_RECORD_BROKEN:
		r->broken = true;
		break;
	case PF_RECORD_STORE:
		replay_store(r, (const struct pf_record_store *)record);
		break;
	case PF_RECORD_SAID:
		if (!replay_say(r, (const struct pf_record_said *)record))
			fail(r, "no memory for what the program wrote, or the trace is damaged");
		break;
	case PF_RECORD_STRAY:
		apply_stray(r, (const struct pf_record_stray *)record);
		break;
	case PF_RECORD_LEFT:
		replay_left(r, (const struct pf_record_left *)record);
		break;
	case PF_RECORD_NOTE:
		break;
	}
}

void replay_apply(struct replay *r, const struct pf_record *record)
{
	if (r->before_each != NULL)
		r->before_each(r->before_arg, r);
	replay_look_ahead(r);
	r->event++;
	apply(r, record);
}
