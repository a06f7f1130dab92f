/* SPDX-License-Identifier: BSD-3-Clause */
/* model.c -- which stores are durable, and which are on their way. */
#include "powerfail/versions.h"
#include "powerfail/volatile.h"

enum { KEPT = 16 << 20 }; /* bytes of versions that are kept when none is in use */

int pmem2_pf_model_init(struct pf_model *model, bool keeps_all)
{
	*model = (struct pf_model){.keeps_all = keeps_all};
	int ret = pmem2_pf_versions_init(model);

	if (ret != 0)
		pmem2_pf_model_finish(model);
	return ret;
}

void pmem2_pf_model_finish(struct pf_model *model)
{
	pmem2_pf_versions_finish(model);
}

/* The table may be half done: in the child of a process, another thread of which was at it. */
void pmem2_pf_model_forget(struct pf_model *model)
{
	for (uint32_t i = 1; i < pmem2_pf_versions(model); i++) {
		struct pf_thread *thread = pmem2_pf_version(model, i)->thread;

		if (pmem2_pf_version(model, i)->medium != NULL && thread != NULL)
			thread->first = thread->last = thread->pending = 0;
	}
	pmem2_pf_versions_empty(model);
}

/* ---- what is durable ---- */

static void make_durable(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	if (model->settling != NULL)
		model->settling(model->arg, medium, line, content);
	memcpy(pmem2_pf_medium_line(medium, line), content, PF_LINE);
}

/* A line was seen to hold content: what of that needs no flush is durable, and in each version. */
static void settle_volatile(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	char now[PF_LINE];

	memcpy(now, pmem2_pf_medium_line(medium, line), PF_LINE);
	pmem2_pf_volatile_copy(medium, line, now, content);
	if (pmem2_pf_same_line(now, pmem2_pf_medium_line(medium, line)))
		return;
	pmem2_pf_volatile_count(medium, line, content);
	pmem2_pf_medium_know(medium, line);
	make_durable(model, medium, line, now);
	for (uint32_t i = *pmem2_pf_slot(model, medium, line); i != 0;
		i = pmem2_pf_version(model, i)->older)
		pmem2_pf_volatile_copy(medium, line, pmem2_pf_version(model, i)->content, content);
}

static inline void see(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	if (medium->volatile_bytes != NULL)
		settle_volatile(model, medium, line, content);
}

/* ---- stores ---- */

/* How many dirty versions a chain has; all are counted anew, for the older ones may be durable. */
static uint8_t count_stores(const struct pf_model *model, uint32_t number)
{
	unsigned count = 0;

	for (; number != 0; number = pmem2_pf_version(model, number)->older)
		count += pmem2_pf_version(model, number)->thread == NULL;
	return (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
}

/* Takes one of the dirty versions out of a chain, the newest excepted. */
static void forget_one(struct pf_model *model, uint32_t newest, uint64_t random)
{
	uint32_t *link = &pmem2_pf_version(model, newest)->older;
	unsigned skip = (unsigned)(random % (PF_MOST_STORES - 1));

	for (; *link != 0; link = &pmem2_pf_version(model, *link)->older) {
		uint32_t number = *link;
		struct pf_version *v = pmem2_pf_version(model, number);

		if (v->thread != NULL || skip-- > 0)
			continue;
		*link = v->older;
		model->dirty--;
		pmem2_pf_versions_give_back(model, number);
		return;
	}
}

void pmem2_pf_model_store(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);
	uint32_t number;

	see(model, medium, line, content);
	if (pmem2_pf_same_line(content, pmem2_pf_model_last(model, medium, line)))
		return; /* what was there already changes nothing */
	number = pmem2_pf_versions_add(model, slot, medium, line, content, origin);
	if (number == 0)
		return;

	struct pf_version *v = pmem2_pf_version(model, number);
	v->stored = true;
	model->dirty++;
	if (++v->stores <= PF_MOST_STORES)
		return;
	v->stores = count_stores(model, number);
	if (v->stores > PF_MOST_STORES) {
		forget_one(model, number, origin.event * UINT64_C(0x9e3779b97f4a7c15) >> 32);
		v->stores--;
	}
}

bool pmem2_pf_model_has_streams(const struct pf_model *model, const struct pf_medium *medium,
	size_t line)
{
	uint32_t number = *pmem2_pf_slot(model, medium, line);

	for (; number != 0; number = pmem2_pf_version(model, number)->older)
		if (pmem2_pf_version(model, number)->size > 0)
			return true;
	return false;
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
static void renew(struct pf_model *model, uint32_t *slot, uint32_t number, const char *content,
	struct pf_origin origin)
{
	struct pf_version *v = pmem2_pf_version(model, number);

	if (!v->newest) {
		*pmem2_pf_versions_link_to(model, slot, number) = v->older;
		pmem2_pf_version(model, *slot)->newest = false;
		v->older = *slot;
		v->newest = true;
		*slot = number;
	}
	v->event = origin.event;
	v->stack = origin.stack;
	v->foreign = false;
	memcpy(v->content, content, PF_LINE);
}

static void append(struct pf_model *model, struct pf_thread *thread, uint32_t number)
{
	pmem2_pf_version(model, number)->thread = thread;
	if (thread->last != 0)
		pmem2_pf_version(model, thread->last)->next = number;
	else
		thread->first = number;
	thread->last = number;
	thread->pending++;
}

/* Of a line that has versions already. (Apart from the way of the others, which is short.) */
static __attribute__((noinline)) enum pf_flushed flush_again(struct pf_model *model,
	struct pf_thread *thread, uint32_t *slot, const char *content, struct pf_origin origin)
{
	const struct pf_version *newest = pmem2_pf_version(model, *slot);
	uint32_t own = find_own(model, thread, *slot), number;

	if (own != 0 && !model->keeps_all) {
		renew(model, slot, own, content, origin);
		return PF_TWICE;
	}
	number = pmem2_pf_versions_add(model, slot, newest->medium, newest->line, content, origin);
	if (number != 0)
		append(model, thread, number);
	return own != 0 ? PF_TWICE : PF_FLUSHED;
}

enum pf_flushed pmem2_pf_model_flush(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, struct pf_origin origin)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);
	uint32_t number;

	see(model, medium, line, content);
	if (*slot != 0)
		return flush_again(model, thread, slot, content, origin);
	number = pmem2_pf_versions_add_first(model, slot, medium, line, content, origin);
	if (number != 0)
		append(model, thread, number);
	return pmem2_pf_same_line(content, pmem2_pf_medium_line(medium, line)) ? PF_REDUNDANT
	                                                                       : PF_FLUSHED;
}

void pmem2_pf_model_stream(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, size_t at, size_t size,
	struct pf_origin origin)
{
	struct pf_version *v;
	uint32_t number;

	see(model, medium, line, content);
	if (pmem2_pf_volatile_covers(medium, line * PF_LINE + at, size))
		return;
	number = pmem2_pf_versions_add(model, pmem2_pf_slot(model, medium, line), medium, line,
		content, origin);
	if (number == 0)
		return;
	v = pmem2_pf_version(model, number);
	v->stored = true;
	v->at = (uint8_t)at;
	v->size = (uint8_t)size;
	append(model, thread, number);
}

void pmem2_pf_model_dirty(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);

	see(model, medium, line, content);
	if (medium->volatile_bytes != NULL &&
		pmem2_pf_same_line(content, pmem2_pf_model_last(model, medium, line)))
		return; /* nothing else was stored there */
	if (pmem2_pf_versions_add(model, slot, medium, line, content, origin) != 0)
		model->dirty++;
}

/*
 * The bytes of a non-temporal store are durable. What was stored to the line before may be in a cache yet: those
 * versions stay, with the bytes.
 */
static void settle_stream(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);
	uint32_t *slot = pmem2_pf_slot(model, v->medium, v->line);
	char content[PF_LINE];

	memcpy(content, pmem2_pf_medium_line(v->medium, v->line), PF_LINE);
	memcpy(content + v->at, v->content + v->at, v->size);
	make_durable(model, v->medium, v->line, content);
	for (uint32_t i = v->older; i != 0; i = pmem2_pf_version(model, i)->older)
		memcpy(pmem2_pf_version(model, i)->content + v->at, v->content + v->at, v->size);

	if (!v->newest)
		*pmem2_pf_versions_link_to(model, slot, number) = v->older;
	else if (v->older != 0)
		pmem2_pf_version(model, *slot = v->older)->newest = true;
	else
		pmem2_pf_versions_vacate(model, slot);
	v->thread->pending--;
}

static void settle(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);
	uint32_t *slot = pmem2_pf_slot(model, v->medium, v->line);

	if (v->older != 0)
		pmem2_pf_versions_supersede(model, v->older);
	if (v->newest)
		pmem2_pf_versions_vacate(model, slot);
	else
		*pmem2_pf_versions_link_to(model, slot, number) = 0;
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
			if (v->size > 0)
				settle_stream(model, i);
			else
				settle(model, i);
			lines++;
		}
		pmem2_pf_versions_give_back(model, i);
	}
	thread->first = 0;
	thread->last = 0;
	if (model->used == 0 && model->versions.used > KEPT)
		pmem2_pf_versions_empty(model);
	return lines;
}

void pmem2_pf_model_write(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);

	see(model, medium, line, content);
	if (*slot != 0) {
		pmem2_pf_version(model, *slot)->newest = false;
		pmem2_pf_versions_supersede(model, *slot);
		pmem2_pf_versions_vacate(model, slot);
	}
	pmem2_pf_medium_know(medium, line);
	make_durable(model, medium, line, content);
}
