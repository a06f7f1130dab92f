/* SPDX-License-Identifier: BSD-3-Clause */
/* persist, flush and drain, of lines that are clean and that are modified. */
#include "job.h"

static const size_t sizes[] = {8, 64, 256, 1024, 4096, 16384, 65536, 262144, 1 << 20};

struct kind {
	const char *op;
	void (*run)(const struct side *side);
};

static const struct kind kinds[] = {
	{"persist", job_persist},
	{"flush", job_flush},
};

static void flush_row(struct bench *bench, const struct kind *kind, size_t size, bool dirty)
{
	struct row row = {"flush", kind->op, "", dirty ? "dirty" : "clean", size};
	struct work work = {.prepare = dirty ? job_dirty : job_hot};
	struct job job = {
		.memory = &bench->memory,
		.granularity = PMEM2_GRANULARITY_CACHE_LINE,
		.size = size,
	};

	job_plan(&job);
	job_sides(bench, &work, CONTRACT_NT, &job, kind->run, kind->run);
	bench_row(bench, &row, &work);
}

/* no memory matters: drain, and what BYTE has to do */
static void call_row(struct bench *bench, const char *group, enum pmem2_granularity granularity,
	const struct kind *kind)
{
	struct row row = {group, kind->op, "", "", 64};
	struct work work = {.prepare = job_hot};
	struct job job = {.memory = &bench->memory, .granularity = granularity, .size = 64};

	job_plan(&job);
	job_sides(bench, &work, CONTRACT_NT, &job, kind->run, kind->run);
	bench_row(bench, &row, &work);
}

void flush_group(struct bench *bench)
{
	static const struct kind drain = {"drain", job_drain};

	for (size_t k = 0; k < 2; k++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			flush_row(bench, &kinds[k], sizes[s], false);
			flush_row(bench, &kinds[k], sizes[s], true);
		}
		call_row(bench, "byte", PMEM2_GRANULARITY_BYTE, &kinds[k]);
	}
	call_row(bench, "byte", PMEM2_GRANULARITY_BYTE, &drain);
	call_row(bench, "flush", PMEM2_GRANULARITY_CACHE_LINE, &drain);
}
