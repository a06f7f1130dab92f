/* SPDX-License-Identifier: BSD-3-Clause */
/* sizes.c -- the size of a file, which a power cut may take back. */
#include "sizes.h"

#include "powerfail/model.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

/* The record begins with what is durable, for whoever reads the trace. */
static struct pf_medium *begin(struct pf_medium *medium)
{
	struct pf_medium *sizes = pmem2_pf_medium_sizes(medium);

	if (sizes != NULL) {
		const struct pf_map map = {.medium = sizes};

		pmem2_pf_lines_written(&(struct pf_lines){&map, 0, PF_LINE, sizes->durable});
	}
	return sizes;
}

void pmem2_pf_sizes_note(struct pf_who who, struct pf_medium *medium, size_t size)
{
	struct pf_medium *sizes = medium->sizes;
	char line[PF_LINE] __attribute__((aligned(16)));
	struct pf_map map = {0};
	const struct pf_lines lines = {&map, 0, PF_LINE, line};

	if (sizes == NULL && medium->pages && size != medium->size)
		sizes = begin(medium);
	if (sizes == NULL)
		return;
	map.medium = sizes;
	pmem2_pf_medium_put_size(line, size);
	if (pmem2_pf_same_line(line, pmem2_pf_model_last(engine->model, sizes, 0)))
		return;
	if (medium->pages)
		pmem2_pf_lines_dirty(who, false, &lines);
	else
		pmem2_pf_lines_written(&lines);
}

void pmem2_pf_sizes_sync(const struct pf_call *call, const struct pf_medium *medium)
{
	const struct pf_map map = {.medium = medium->sizes};
	struct pf_lines lines = {&map, 0, PF_LINE, NULL};
	uint32_t newest =
		medium->sizes != NULL ? *pmem2_pf_slot(engine->model, medium->sizes, 0) : 0;

	/* one call is about many parts of a file */
	if (newest == 0 || call->syncer == NULL ||
		pmem2_pf_version(engine->model, newest)->thread == call->syncer)
		return;
	lines.content = pmem2_pf_version(engine->model, newest)->content;
	pmem2_pf_lines_flush(call, &lines);
}
