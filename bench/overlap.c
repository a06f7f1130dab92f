/* SPDX-License-Identifier: BSD-3-Clause */
/* Moves within one piece of memory, by an element's size and by half the length. */
#include "job.h"

static const size_t sizes[] = {64, 200, 256, 1024, 4096, 16384, 65536, 1 << 20, 8 << 20};

static void overlap_row(struct bench *bench, enum contract contract, bool forward, size_t size,
	size_t distance, bool hot)
{
	struct row row = {
		.group = contract == CONTRACT_NT ? "overlap" : "durable",
		.op = forward ? "memmove forward" : "memmove backward",
		.place = distance == size / 2 ? "by half" : "by 24",
		.state = hot ? "L2" : "cold",
		.size = size,
	};
	struct work work = {.prepare = hot ? job_hot : job_cold};
	struct job job = {
		.memory = &bench->memory,
		.granularity = PMEM2_GRANULARITY_CACHE_LINE,
		.size = size,
		.distance = distance,
		.forward = forward,
	};

	job_plan(&job);
	job_sides(bench, &work, contract, &job, job_memmove, job_memmove_by_hand);
	bench_row(bench, &row, &work);
}

void overlap_group(struct bench *bench)
{
	for (int contract = CONTRACT_DURABLE; contract <= CONTRACT_NT; contract++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			bool hot = sizes[i] < 65536;

			overlap_row(bench, contract, true, sizes[i], 24, hot);
			overlap_row(bench, contract, true, sizes[i], sizes[i] / 2, hot);
			overlap_row(bench, contract, false, sizes[i], 24, hot);
			overlap_row(bench, contract, false, sizes[i], sizes[i] / 2, hot);
		}
	}
}
