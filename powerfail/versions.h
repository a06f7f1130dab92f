/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * versions.h -- the versions of lines, and the table that finds the newest of each line. For the model alone.
 *
 * What a flush and a drain of a line do is inline: it is a few instructions each.
 */
#ifndef POWERFAIL_VERSIONS_H
#define POWERFAIL_VERSIONS_H

#include <string.h>

#include "powerfail/model.h"

/* No versions, and an empty table. 0 or -errno. */
int pmem2_pf_versions_init(struct pf_model *model);
void pmem2_pf_versions_finish(struct pf_model *model);

/* Gives all memory back. */
void pmem2_pf_versions_empty(struct pf_model *model);

/* A number that was never used; 0: no memory. */
uint32_t pmem2_pf_versions_extend(struct pf_model *model);

/* Twice as many slots for lines. Without memory the table fills further. */
void pmem2_pf_versions_grow_table(struct pf_model *model);

/* A new version becomes the newest of the line, whose slot that is. 0: no memory. */
uint32_t pmem2_pf_versions_add(struct pf_model *model, uint32_t *slot, struct pf_medium *medium,
	size_t line, const char *content, struct pf_origin origin);

/* Supersedes a chain of versions. Those of a thread stay in its list until it drains. */
void pmem2_pf_versions_supersede(struct pf_model *model, uint32_t number);

/* The line whose slot that is has no version any more. */
void pmem2_pf_versions_vacate(struct pf_model *model, const uint32_t *slot);

/* Where the number of a version is: in its line's slot, or in the next newer version. */
uint32_t *pmem2_pf_versions_link_to(const struct pf_model *model, uint32_t *slot, uint32_t number);

/* 0: no memory. */
static inline uint32_t pmem2_pf_versions_take(struct pf_model *model)
{
	uint32_t number = model->unused;

	if (number == 0)
		return pmem2_pf_versions_extend(model);
	model->unused = pmem2_pf_version(model, number)->next;
	model->used++;
	return number;
}

static inline void pmem2_pf_versions_give_back(struct pf_model *model, uint32_t number)
{
	struct pf_version *v = pmem2_pf_version(model, number);

	v->medium = NULL;
	v->next = model->unused;
	model->unused = number;
	model->used--;
}

/* The newest version of a line, dirty until a thread has it. */
static inline void pmem2_pf_versions_fill(struct pf_version *v, uint32_t older,
	struct pf_medium *medium, size_t line, const char *content, struct pf_origin origin)
{
	v->older = older;
	v->next = 0;
	v->thread = NULL;
	v->medium = medium;
	v->line = line;
	v->event = origin.event;
	v->stack = origin.stack;
	v->stores = 0;
	v->at = 0;
	v->size = 0;
	v->stored = false;
	v->newest = true;
	v->superseded = false;
	v->foreign = false;
	memcpy(v->content, content, PF_LINE);
}

/* The first version of a line that has none. 0: no memory. */
static inline uint32_t pmem2_pf_versions_add_first(struct pf_model *model, uint32_t *slot,
	struct pf_medium *medium, size_t line, const char *content, struct pf_origin origin)
{
	size_t slots = pmem2_pf_slots(model);
	uint32_t number = 0;

	if (model->lines + 1 < slots) /* one slot stays free, where searches end */
		number = pmem2_pf_versions_take(model);
	if (number == 0) {
		model->dropped++;
		return 0;
	}

	*slot = number;
	model->lines++;
	pmem2_pf_medium_know(medium, line);
	pmem2_pf_versions_fill(pmem2_pf_version(model, number), 0, medium, line, content, origin);
	if (2 * (size_t)model->lines > slots)
		pmem2_pf_versions_grow_table(model);
	return number;
}

#endif
