/* SPDX-License-Identifier: BSD-3-Clause */
/* model.c -- which stores are durable, and which are on their way. */
#include "powerfail/model.h"

#include <errno.h>
#include <string.h>

enum {
	SLOTS = 1024,    /* of the table, at first */
	KEPT = 16 << 20, /* bytes of versions that are kept when none is in use */
};

static const size_t reserve = (size_t)64 << 30; /* bytes of address space for versions */

/* A version of number 0, which is none, and an empty table. */
static bool begin(struct pf_model *model)
{
	model->lines = model->used = model->unused = 0;
	model->dirty = 0;
	return pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version)) != NULL &&
	       pmem2_pf_arena_take(&model->slots, SLOTS * sizeof(uint32_t)) != NULL;
}

int pmem2_pf_model_init(struct pf_model *model, bool keeps_all)
{
	*model = (struct pf_model){.keeps_all = keeps_all};
	int ret = pmem2_pf_arena_init(&model->versions, reserve);

	/* the table has two slots of 4 bytes for a version */
	if (ret == 0)
		ret = pmem2_pf_arena_init(&model->slots, model->versions.reserved / 8);
	if (ret == 0 && !begin(model))
		ret = -ENOMEM;
	if (ret != 0)
		pmem2_pf_model_finish(model);
	return ret;
}

void pmem2_pf_model_finish(struct pf_model *model)
{
	pmem2_pf_arena_finish(&model->versions);
	pmem2_pf_arena_finish(&model->slots);
}

/* All memory is given back, and taken again from what the arenas have: that cannot fail. */
static void empty(struct pf_model *model)
{
	pmem2_pf_arena_clear(&model->versions);
	pmem2_pf_arena_clear(&model->slots);
	begin(model);
}

/* The table may be half done: in the child of a process, another thread of which was at it. */
void pmem2_pf_model_forget(struct pf_model *model)
{
	for (uint32_t i = 1; i < pmem2_pf_versions(model); i++) {
		struct pf_thread *thread = pmem2_pf_version(model, i)->thread;

		if (pmem2_pf_version(model, i)->medium != NULL && thread != NULL)
			thread->first = thread->last = thread->pending = 0;
	}
	empty(model);
}

/* ---- the table of lines ---- */

/* Twice as many slots. Without memory it fills further. */
static void grow(struct pf_model *model)
{
	size_t size = model->slots.used;

	if (pmem2_pf_arena_take(&model->slots, size) == NULL)
		return;
	memset(model->slots.base, 0, size);
	for (uint32_t i = 1; i < pmem2_pf_versions(model); i++) {
		const struct pf_version *v = pmem2_pf_version(model, i);

		if (pmem2_pf_is_newest(model, i))
			*pmem2_pf_slot(model, v->medium, v->line) = i;
	}
}

/* Empties a slot: closes the gap in what follows, which has its home before the gap or in it. */
static void vacate(struct pf_model *model, const uint32_t *slot)
{
	uint32_t *slots = (uint32_t *)(void *)model->slots.base;
	size_t last = pmem2_pf_slots(model) - 1, gap = (size_t)(slot - slots);

	for (size_t i = (gap + 1) & last; slots[i] != 0; i = (i + 1) & last) {
		const struct pf_version *v = pmem2_pf_version(model, slots[i]);
		size_t home = pmem2_pf_home(model, v->medium, v->line);

		if (((i - home) & last) >= ((i - gap) & last)) {
			slots[gap] = slots[i];
			gap = i;
		}
	}
	slots[gap] = 0;
	model->lines--;
}

/* ---- versions ---- */

/* 0: no memory. */
static uint32_t take_version(struct pf_model *model)
{
	uint32_t number = model->unused;

	if (number != 0) {
		model->unused = pmem2_pf_version(model, number)->next;
	} else {
		number = pmem2_pf_versions(model);
		if (pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version)) == NULL)
			return 0;
	}
	model->used++;
	return number;
}

static void give_back(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);

	v->medium = NULL;
	v->next = model->unused;
	model->unused = number;
	model->used--;
}

/* A version becomes the newest of the line whose slot that is. */
static void link_newest(struct pf_model *model, uint32_t *slot, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);

	v->older = *slot;
	v->newest = true;
	if (*slot != 0)
		pmem2_pf_version(model, *slot)->newest = false;
	*slot = number;
}

/* A new version becomes the newest of its line. 0: no memory. */
static inline uint32_t add_version(struct pf_model *model, uint32_t *slot, struct pf_medium *medium,
	size_t line, const char *content, struct pf_origin origin)
{
	bool fresh = *slot == 0; /* one slot stays free, where searches end */
	bool fits = !fresh || model->lines + 1 < pmem2_pf_slots(model);
	uint32_t number = fits ? take_version(model) : 0;
	struct pf_version *v = pmem2_pf_version(model, number);

	if (number == 0) {
		model->dropped++;
		return 0;
	}

	v->next = 0;
	v->thread = NULL;
	v->medium = medium;
	v->line = line;
	v->event = origin.event;
	v->stack = origin.stack;
	v->superseded = false;
	v->foreign = false;
	v->stored = false;
	v->size = 0;
	v->stores = fresh ? 0 : pmem2_pf_version(model, *slot)->stores;
	memcpy(v->content, content, PF_LINE);
	link_newest(model, slot, number);
	pmem2_pf_medium_know(medium, line);
	model->lines += fresh;
	if (fresh && 2 * (size_t)model->lines > pmem2_pf_slots(model))
		grow(model);
	return number;
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

/* Where the number of a version stands: in its line's slot, or in the next newer version. */
static uint32_t *link_to(const struct pf_model *model, uint32_t *slot, uint32_t number)
{
	uint32_t *link = slot;

	while (*link != number)
		link = &pmem2_pf_version(model, *link)->older;
	return link;
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
		give_back(model, number);
		return;
	}
}

void pmem2_pf_model_store(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);
	uint32_t number;

	if (pmem2_pf_same_line(content, pmem2_pf_model_last(model, medium, line)))
		return; /* what was there already changes nothing */
	number = add_version(model, slot, medium, line, content, origin);
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
static void renew(struct pf_model *model, uint32_t number, const char *content,
	struct pf_origin origin)
{
	struct pf_version *v = pmem2_pf_version(model, number);

	if (!v->newest) {
		uint32_t *slot = pmem2_pf_slot(model, v->medium, v->line);

		*link_to(model, slot, number) = v->older;
		link_newest(model, slot, number);
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

enum pf_flushed pmem2_pf_model_flush(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, struct pf_origin origin)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);
	uint32_t newest = *slot;
	uint32_t own = newest != 0 ? find_own(model, thread, newest) : 0;

	if (own != 0 && !model->keeps_all) {
		renew(model, own, content, origin);
		return PF_TWICE;
	}

	uint32_t number = add_version(model, slot, medium, line, content, origin);

	if (number != 0)
		append(model, thread, number);
	if (own != 0)
		return PF_TWICE;
	return newest == 0 && pmem2_pf_same_line(content, pmem2_pf_medium_line(medium, line))
	               ? PF_REDUNDANT
	               : PF_FLUSHED;
}

void pmem2_pf_model_stream(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, size_t at, size_t size,
	struct pf_origin origin)
{
	uint32_t number = add_version(model, pmem2_pf_slot(model, medium, line), medium, line,
		content, origin);
	struct pf_version *v = pmem2_pf_version(model, number);

	if (number == 0)
		return;
	v->stored = true;
	v->at = (uint8_t)at;
	v->size = (uint8_t)size;
	append(model, thread, number);
}

void pmem2_pf_model_dirty(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);

	if (add_version(model, slot, medium, line, content, origin) != 0)
		model->dirty++;
}

static void make_durable(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	if (model->settling != NULL)
		model->settling(model->arg, medium, line, content);
	memcpy(pmem2_pf_medium_line(medium, line), content, PF_LINE);
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
		*link_to(model, slot, number) = v->older;
	else if (v->older != 0)
		pmem2_pf_version(model, *slot = v->older)->newest = true;
	else
		vacate(model, slot);
	v->thread->pending--;
}

static void settle(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);
	uint32_t *slot = pmem2_pf_slot(model, v->medium, v->line);

	supersede(model, v->older);
	if (v->newest)
		vacate(model, slot);
	else
		*link_to(model, slot, number) = 0;
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
		give_back(model, i);
	}
	thread->first = 0;
	thread->last = 0;
	if (model->used == 0 && model->versions.used > KEPT)
		empty(model);
	return lines;
}

void pmem2_pf_model_write(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content)
{
	uint32_t *slot = pmem2_pf_slot(model, medium, line);

	if (*slot != 0) {
		pmem2_pf_version(model, *slot)->newest = false;
		supersede(model, *slot);
		vacate(model, slot);
	}
	pmem2_pf_medium_know(medium, line);
	make_durable(model, medium, line, content);
}
