/* SPDX-License-Identifier: BSD-3-Clause */
/* memset, zero apart from another byte: some memory controllers detect lines of zeros. */
#include "job.h"

static const size_t sizes[] = {8, 24, 64, 128, 256, 384, 512, 1024, 4096, 16384, 65536, 262144,
	1 << 20, 8 << 20, 64 << 20};

static const struct series {
	const char *group, *op;
	enum pmem2_granularity granularity;
	enum contract contract;
	unsigned flags;
	int byte;
} all_series[] = {
	{"durable", "memset", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_DURABLE, 0, 0x5a},
	{"durable", "memset 0", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_DURABLE, 0, 0},
	{"memset", "memset", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, 0, 0x5a},
	{"memset", "memset 0", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, 0, 0},
	{"memset", "NODRAIN", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, PMEM2_F_MEM_NODRAIN, 0x5a},
	{"memset", "NOFLUSH", PMEM2_GRANULARITY_CACHE_LINE, CONTRACT_NT, PMEM2_F_MEM_NOFLUSH, 0x5a},
	{"byte", "memset", PMEM2_GRANULARITY_BYTE, CONTRACT_NT, 0, 0x5a},
};

static void memset_row(struct bench *bench, const struct series *series, size_t skew, bool hot,
	size_t size)
{
	struct row row = {series->group, series->op, skew != 0 ? "odd" : "aligned",
		hot ? "L2" : "cold", size};
	struct work work = {.prepare = hot ? job_hot : job_cold};
	struct job job = {
		.memory = &bench->memory,
		.granularity = series->granularity,
		.flags = series->flags,
		.byte = series->byte,
		.dst_skew = skew,
		.size = size,
	};

	job_plan(&job);
	job_sides(bench, &work, series->contract, &job, job_memset, job_memset_by_hand);
	bench_row(bench, &row, &work);
}

void memset_group(struct bench *bench)
{
	for (size_t i = 0; i < sizeof(all_series) / sizeof(all_series[0]); i++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			memset_row(bench, &all_series[i], 0, false, sizes[s]);
			memset_row(bench, &all_series[i], 7, false, sizes[s]);
			if (sizes[s] > HOT_WINDOW)
				continue;
			memset_row(bench, &all_series[i], 0, true, sizes[s]);
			memset_row(bench, &all_series[i], 7, true, sizes[s]);
		}
	}
}
