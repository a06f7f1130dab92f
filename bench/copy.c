/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies by size, place in the line, flag and contract; at CACHE_LINE and at BYTE. */
#include "job.h"

static const size_t sizes[] = {8, 24, 64, 100, 128, 192, 256, 384, 512, 1024, 2048, 4096, 16384,
	65536, 262144, 1 << 20, 8 << 20, 64 << 20};

static const struct place {
	const char *name;
	size_t dst, src;
} places[] = {
	{"aligned", 0, 0},
	{"+8", 8, 16}, /* where an allocator puts an object */
	{"odd", 7, 3},
};

static const struct state {
	const char *name;
	void (*prepare)(void *job, unsigned round);
	size_t window; /* 0: any; else the largest size too */
} states[] = {
	{"cold", job_cold, 0},
	{"L2", job_hot, HOT_WINDOW},
	{"L1", job_first_level, 8192},
};

/* rows that differ in size, place and state only */
struct series {
	const char *group, *op;
	enum pmem2_granularity granularity;
	enum contract contract;
	unsigned flags;
	int states; /* how many, from the first on */
};

static const struct series all_series[] = {
	{"durable", "memcpy", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_DURABLE, 0, 3},
	{"copy", "memcpy", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, 0, 2},
	{"copy", "NODRAIN", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, PMEM2_F_MEM_NODRAIN, 2},
	{"copy", "NOFLUSH", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, PMEM2_F_MEM_NOFLUSH, 2},
	{"copy", "TEMPORAL", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, PMEM2_F_MEM_TEMPORAL, 2},
	{"copy", "NONTEMPORAL", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, PMEM2_F_MEM_NONTEMPORAL,
		2},
	{"byte", "memcpy", PMEM2_GRANULARITY_BYTE, CONTRACT_NT, 0, 2},
	{"byte", "NONTEMPORAL", PMEM2_GRANULARITY_BYTE, CONTRACT_NT, PMEM2_F_MEM_NONTEMPORAL, 2},
};

static void copy_row(struct bench *bench, const struct series *series, const struct place *place,
	const struct state *state, size_t size)
{
	struct row row = {series->group, series->op, place->name, state->name, size};
	struct work work = {.prepare = state->prepare};
	struct job job = {
		.memory = &bench->memory,
		.granularity = series->granularity,
		.flags = series->flags,
		.size = size,
		.dst_skew = place->dst,
		.src_skew = place->src,
		.window = state->window,
	};

	job_plan(&job);
	job_sides(bench, &work, series->contract, &job, job_memmove, job_memmove_by_hand);
	bench_row(bench, &row, &work);
}

static void copy_series(struct bench *bench, const struct series *series)
{
	for (const struct state *state = states; state < states + series->states; state++)
		for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++)
			for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
				if (state->window == 0 || sizes[s] <= state->window)
					copy_row(bench, series, &places[p], state, sizes[s]);
}

void copy_group(struct bench *bench)
{
	for (size_t i = 0; i < sizeof(all_series) / sizeof(all_series[0]); i++)
		copy_series(bench, &all_series[i]);
}
