/* SPDX-License-Identifier: BSD-3-Clause */
/* losses.c -- what a power cut would take for good. */
#include "powerfail/losses.h"

#include <stdlib.h>

static int by_place(const void *a, const void *b)
{
	const struct pf_version *v = *(const struct pf_version *const *)a;
	const struct pf_version *w = *(const struct pf_version *const *)b;

	if (v->medium != w->medium)
		return v->medium->id < w->medium->id ? -1 : 1;
	return v->line < w->line ? -1 : v->line > w->line;
}

static void report_one(struct pf_report *report, const struct pf_version *v)
{
	bool dirty = v->thread == NULL;

	pmem2_pf_report_lost(report, dirty ? PF_MISSING_FLUSH : PF_MISSING_DRAIN,
		dirty && !v->stored ? 0 : v->stack, v->medium->id, v->line, v->content,
		pmem2_pf_medium_line(v->medium, v->line));
}

void pmem2_pf_find_losses(const struct pf_model *model, struct pf_report *report,
	bool (*wanted)(const struct pf_version *version, const void *arg), const void *arg)
{
	uint32_t count = 0, versions = pmem2_pf_versions(model);
	struct pf_version **lost = malloc(versions * sizeof(struct pf_version *));

	if (lost == NULL)
		return;
	for (uint32_t i = 1; i < versions; i++)
		if (pmem2_pf_is_newest(model, i) && wanted(pmem2_pf_version(model, i), arg))
			lost[count++] = pmem2_pf_version(model, i);
	qsort(lost, count, sizeof(struct pf_version *), by_place);
	for (uint32_t i = 0; i < count; i++)
		report_one(report, lost[i]);
	free(lost);
}
