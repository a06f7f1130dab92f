/* SPDX-License-Identifier: BSD-3-Clause */
/* What the groups of rows share. */
#include "bench.h"

#include <string.h>

bool bench_wants(const struct bench *bench, const char *group)
{
	return bench->group == NULL || strcmp(bench->group, group) == 0;
}

void bench_row(struct bench *bench, const struct row *row, const struct work *work)
{
	if (!bench_wants(bench, row->group))
		return;
	if (bench->op != NULL && strstr(row->op, bench->op) == NULL)
		return;

	struct timing timing = harness_compare(work);
	results_add(&bench->results, row, &timing);
}

void bench_sides(struct bench *bench, struct work *work, enum contract contract,
	enum pmem2_granularity granularity, void (*run)(const struct side *side), void *job)
{
	struct library *libs[2] = {&bench->ours[contract], &bench->peer[contract]};

	for (int s = 0; s < 2; s++)
		work->sides[s] = (struct side){
			.run = run,
			.library = libs[s],
			.ops = &libs[s]->ops[granularity],
			.job = job,
		};
}
