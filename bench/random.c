/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of sizes, and to places, that no predictor knows. */
#include <err.h>
#include <stdlib.h>

#include "job.h"

enum {
	N_OPS = 2048,      /* of one sample */
	N_SIZES = 1 << 16, /* a sample begins anywhere in them, so that none is learned by heart */
};

struct random_job {
	const struct memory *memory;
	unsigned flags;
	size_t from, to; /* bytes */
	size_t window;   /* HOT_WINDOW or COLD_WINDOW */
	uint16_t *sizes;
	uint32_t *offsets; /* of both source and destination */
	size_t first;      /* in both */
};

static void draw(struct random_job *job)
{
	uint64_t state = 0x9e3779b97f4a7c15ULL;
	size_t lines = (job->window - job->to) / LINE;

	job->sizes = malloc(N_SIZES * sizeof(job->sizes[0]));
	job->offsets = malloc(N_SIZES * sizeof(job->offsets[0]));
	if (job->sizes == NULL || job->offsets == NULL)
		err(1, "random sizes");
	for (size_t i = 0; i < N_SIZES; i++) {
		uint64_t r = random_next(&state) >> 16;

		job->sizes[i] = (uint16_t)(job->from + r % (job->to - job->from + 1));
		r = random_next(&state) >> 16;
		job->offsets[i] = (uint32_t)(r % lines * LINE);
	}
}

static void next_part(struct random_job *job, unsigned round)
{
	job->first = round * 5003 % (N_SIZES - N_OPS);
}

static void prepare_cold(void *arg, unsigned round)
{
	struct random_job *job = arg;

	next_part(job, round);
	for (size_t i = job->first; i < job->first + N_OPS; i++) {
		cache_flush(job->memory->dst + job->offsets[i], job->to);
		cache_flush(job->memory->src + job->offsets[i], job->to);
	}
}

static void prepare_hot(void *arg, unsigned round)
{
	struct random_job *job = arg;

	next_part(job, round);
	cache_load(job->memory->src, HOT_WINDOW);
	cache_load(job->memory->dst, HOT_WINDOW);
	cache_spill_first_level();
}

static void run(const struct side *side)
{
	const struct random_job *job = side->job;
	pmem2_memmove_fn memmove_fn = side->ops->memmove;
	const uint16_t *size = job->sizes + job->first;
	const uint32_t *offset = job->offsets + job->first;
	char *dst = job->memory->dst, *src = job->memory->src;
	unsigned flags = job->flags;

	for (size_t i = 0; i < N_OPS; i++)
		memmove_fn(dst + offset[i], src + offset[i], size[i], flags);
}

static void random_row(struct bench *bench, const char *op, size_t from, size_t to, bool hot)
{
	struct row row = {"random", op, "", hot ? "L2" : "cold", to};
	struct random_job job = {
		.memory = &bench->memory,
		.flags = PMEM2_F_MEM_NODRAIN,
		.from = from,
		.to = to,
		.window = hot ? HOT_WINDOW : COLD_WINDOW,
	};
	struct work work = {.prepare = hot ? prepare_hot : prepare_cold, .count = N_OPS};

	draw(&job);
	bench_sides(bench, &work, CONTRACT_NT, PMEM2_GRANULARITY_CACHE_LINE, run, &job);
	bench_row(bench, &row, &work);
	free(job.sizes);
	free(job.offsets);
}

void random_group(struct bench *bench)
{
	random_row(bench, "NODRAIN 1..16", 1, 16, true);
	random_row(bench, "NODRAIN 1..64", 1, 64, true);
	random_row(bench, "NODRAIN 1..256", 1, 256, true);
	random_row(bench, "NODRAIN 1..1K", 1, 1024, true);
	random_row(bench, "NODRAIN 8..100", 8, 100, false);
}
