/* SPDX-License-Identifier: BSD-3-Clause */
/* versions.c -- the versions of lines, and the table that finds the newest of each line. */
#include "powerfail/versions.h"

#include <errno.h>

enum { SLOTS = 1024 }; /* of the table, at first */

static const size_t reserve = (size_t)64 << 30; /* bytes of address space for versions */

/* ---- begin and end ---- */

/* A version of number 0, which is none, and an empty table. */
static bool begin(struct pf_model *model)
{
	model->lines = model->used = model->unused = 0;
	model->dirty = 0;
	return pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version)) != NULL &&
	       pmem2_pf_arena_take(&model->slots, SLOTS * sizeof(uint32_t)) != NULL;
}

int pmem2_pf_versions_init(struct pf_model *model)
{
	int ret = pmem2_pf_arena_init(&model->versions, reserve);

	/* the table has two slots of 4 bytes for a version */
	if (ret == 0)
		ret = pmem2_pf_arena_init(&model->slots, model->versions.reserved / 8);
	if (ret == 0 && !begin(model))
		ret = -ENOMEM;
	return ret;
}

void pmem2_pf_versions_finish(struct pf_model *model)
{
	pmem2_pf_arena_finish(&model->versions);
	pmem2_pf_arena_finish(&model->slots);
}

/* All memory is given back, and taken again from what the arenas have: that cannot fail. */
void pmem2_pf_versions_empty(struct pf_model *model)
{
	pmem2_pf_arena_clear(&model->versions);
	pmem2_pf_arena_clear(&model->slots);
	begin(model);
}

/* ---- the table of lines ---- */

void pmem2_pf_versions_grow_table(struct pf_model *model)
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

/* Closes the gap in what follows, which has its home before the gap or in it. */
void pmem2_pf_versions_vacate(struct pf_model *model, const uint32_t *slot)
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

uint32_t pmem2_pf_versions_extend(struct pf_model *model)
{
	uint32_t number = pmem2_pf_versions(model);

	if (pmem2_pf_arena_take(&model->versions, sizeof(struct pf_version)) == NULL)
		return 0;
	model->used++;
	return number;
}

uint32_t pmem2_pf_versions_add(struct pf_model *model, uint32_t *slot, struct pf_medium *medium,
	size_t line, const char *content, struct pf_origin origin)
{
	struct pf_version *v, *before;
	uint32_t number;

	if (*slot == 0)
		return pmem2_pf_versions_add_first(model, slot, medium, line, content, origin);
	number = pmem2_pf_versions_take(model);
	if (number == 0) {
		model->dropped++;
		return 0;
	}

	v = pmem2_pf_version(model, number);
	before = pmem2_pf_version(model, *slot);
	before->newest = false;
	pmem2_pf_versions_fill(v, *slot, medium, line, content, origin);
	v->stores = before->stores;
	*slot = number;
	return number;
}

void pmem2_pf_versions_supersede(struct pf_model *model, uint32_t number)
{
	while (number != 0) {
		struct pf_version *v = pmem2_pf_version(model, number);
		uint32_t older = v->older;

		if (v->thread == NULL) {
			model->dirty--;
			pmem2_pf_versions_give_back(model, number);
		} else {
			v->superseded = true;
			v->older = 0;
			v->thread->pending--;
		}
		number = older;
	}
}

uint32_t *pmem2_pf_versions_link_to(const struct pf_model *model, uint32_t *slot, uint32_t number)
{
	uint32_t *link = slot;

	while (*link != number)
		link = &pmem2_pf_version(model, *link)->older;
	return link;
}
