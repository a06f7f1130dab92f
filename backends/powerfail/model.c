/* SPDX-License-Identifier: BSD-3-Clause */
/* model.c -- which stores are durable, and which are on their way. */
#include "model.h"

#include <errno.h>
#include <string.h>

enum { MOST_DIRTY = 8 }; /* versions of a line, one after another */

static const size_t reserve = (size_t)64 << 30; /* bytes of address space for versions */

int pmem2_pf_model_init(struct pf_model *model, bool keeps_all)
{
	*model = (struct pf_model){0};
	int ret = pmem2_pf_arena_init(&model->versions, reserve);
	if (ret != 0)
		return ret;
	if (pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version)) == NULL) {
		pmem2_pf_arena_finish(&model->versions);
		return -ENOMEM;
	}

	model->keeps_all = keeps_all;
	return 0;
}

void pmem2_pf_model_finish(struct pf_model *model)
{
	pmem2_pf_arena_finish(&model->versions);
}

void pmem2_pf_model_forget(struct pf_model *model)
{
	for (uint32_t i = 1; i < pmem2_pf_versions(model); i++) {
		struct pf_version *v = pmem2_pf_version(model, i);

		if (v->medium == NULL)
			continue;
		v->medium->newest[v->line] = 0;
		if (v->thread != NULL)
			v->thread->first = v->thread->last = v->thread->pending = 0;
	}
	pmem2_pf_arena_clear(&model->versions);
	pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version));
	model->unused = 0;
	model->dirty = 0;
}

/* ---- versions ---- */

/* 0: no memory. */
static uint32_t take_version(struct pf_model *model)
{
	uint32_t number = model->unused;

	if (number != 0) {
		model->unused = pmem2_pf_version(model, number)->next;
		return number;
	}

	number = pmem2_pf_versions(model);
	if (pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version)) == NULL) {
		model->dropped++;
		return 0;
	}
	return number;
}

static void give_back(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);

	v->medium = NULL;
	v->next = model->unused;
	model->unused = number;
}

/* A new version becomes the newest of its line. */
static struct pf_version *add_version(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin)
{
	uint32_t number = take_version(model);
	struct pf_version *v = pmem2_pf_version(model, number);

	if (number == 0)
		return NULL;

	v->older = medium->newest[line];
	v->next = 0;
	v->thread = NULL;
	v->medium = medium;
	v->line = line;
	v->event = origin.event;
	v->stack = origin.stack;
	v->superseded = false;
	v->foreign = false;
	memcpy(v->content, content, PF_LINE);
	medium->newest[line] = number;
	return v;
}

/* Supersedes a chain of versions. Those of a thread stay in its list until it drains. */
static void supersede(struct pf_model *model, uint32_t number)
{
	while (number != 0) {
		struct pf_version *v = pmem2_pf_version(model, number);
		uint32_t older = v->older;

		if (v->thread == NULL) {
			model->dirty--;
			give_back(model, number);
		} else {
			v->superseded = true;
			v->older = 0;
			v->thread->pending--;
		}
		number = older;
	}
}

/* Where the number of a version stands: in its line's array, or in the next newer version. */
static uint32_t *link_to(struct pf_model *model, const struct pf_version *version, uint32_t number)
{
	uint32_t *link = &version->medium->newest[version->line];

	while (*link != number)
		link = &pmem2_pf_version(model, *link)->older;
	return link;
}

/* ---- what happens to lines ---- */

/* The thread's own pending version of the line, 0 if it has none. */
static uint32_t find_own(const struct pf_model *model, const struct pf_thread *thread,
	uint32_t newest)
{
	while (newest != 0) {
		const struct pf_version *v = pmem2_pf_version(model, newest);

		if (v->thread == thread)
			return newest;
		newest = v->older;
	}
	return 0;
}

/* Makes an older version of the thread's the newest one, with another content. */
static void renew(struct pf_model *model, uint32_t number, const char *content,
	struct pf_origin origin)
{
	struct pf_version *v = pmem2_pf_version(model, number);
	uint32_t *newest = &v->medium->newest[v->line];

	*link_to(model, v, number) = v->older;
	v->older = *newest;
	*newest = number;
	v->event = origin.event;
	v->stack = origin.stack;
	v->foreign = false;
	memcpy(v->content, content, PF_LINE);
}

static void append(struct pf_model *model, struct pf_thread *thread, struct pf_version *v)
{
	uint32_t number = (uint32_t)(v - pmem2_pf_version(model, 0));

	v->thread = thread;
	if (thread->last != 0)
		pmem2_pf_version(model, thread->last)->next = number;
	else
		thread->first = number;
	thread->last = number;
	thread->pending++;
}

enum pf_flushed pmem2_pf_model_flush(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, struct pf_origin origin)
{
	uint32_t newest = medium->newest[line];
	uint32_t own = newest != 0 ? find_own(model, thread, newest) : 0;

	if (own != 0 && !model->keeps_all) {
		renew(model, own, content, origin);
		return PF_TWICE;
	}

	struct pf_version *v = add_version(model, medium, line, content, origin);

	if (v != NULL)
		append(model, thread, v);
	if (own != 0)
		return PF_TWICE;
	return newest == 0 && pmem2_pf_same_line(content, pmem2_pf_medium_line(medium, line))
	               ? PF_REDUNDANT
	               : PF_FLUSHED;
}

void pmem2_pf_model_dirty(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin)
{
	if (add_version(model, medium, line, content, origin) != NULL)
		model->dirty++;
}

static void make_durable(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	if (model->settling != NULL)
		model->settling(model->arg, medium, line, content);
	memcpy(pmem2_pf_medium_line(medium, line), content, PF_LINE);
}

static void settle(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);
	uint32_t *link = link_to(model, v, number);

	supersede(model, v->older);
	*link = 0;
	make_durable(model, v->medium, v->line, v->content);
	v->thread->pending--;
}

size_t pmem2_pf_model_drain(struct pf_model *model, struct pf_thread *thread)
{
	size_t lines = 0;
	uint32_t next;

	for (uint32_t i = thread->first; i != 0; i = next) {
		struct pf_version *v = pmem2_pf_version(model, i);

		next = v->next;
		if (!v->superseded) {
			settle(model, i);
			lines++;
		}
		give_back(model, i);
	}
	thread->first = 0;
	thread->last = 0;
	return lines;
}

void pmem2_pf_model_write(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	supersede(model, medium->newest[line]);
	medium->newest[line] = 0;
	make_durable(model, medium, line, content);
}
