/* SPDX-License-Identifier: BSD-3-Clause */
/* Two threads that do the same at the same time, each on memory of its own. */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "job.h"

enum {
	N_MAPS = 16,
};

/* what the second thread does; it begins when started moves on, and sets done to that */
static const struct side *second;
static atomic_uint started, done;

static void wait_for(atomic_uint *value, unsigned wanted)
{
	for (unsigned spins = 1; atomic_load_explicit(value, memory_order_acquire) != wanted;
		spins++)
		if (spins % 4096 == 0)
			sched_yield();
}

static void *thread_main(void *arg)
{
	for (unsigned turn = 1;; turn++) {
		wait_for(&started, turn);
		if (second == NULL)
			return arg;
		second->run(second);
		atomic_store_explicit(&done, turn, memory_order_release);
	}
}

static void start_second(const struct side *side)
{
	second = side;
	atomic_fetch_add_explicit(&started, 1, memory_order_release);
}

/* the two halves of a side */
struct pair {
	struct side half[2];
	void (*prepare)(void *job, unsigned round); /* of a half's job; or NULL */
};

static void run_pair(const struct side *side)
{
	const struct pair *pair = side->job;

	start_second(&pair->half[1]);
	pair->half[0].run(&pair->half[0]);
	wait_for(&done, atomic_load(&started));
}

static void prepare_pair(void *job, unsigned round)
{
	struct pair *pair = job;

	if (pair->prepare == NULL)
		return;
	pair->prepare(pair->half[0].job, round);
	pair->prepare(pair->half[1].job, round);
}

/* measures what half does, with two jobs, in both threads */
static void pair_row(struct bench *bench, const struct row *row, const struct work *half,
	void *const jobs[2])
{
	struct pair pairs[2];
	struct work work = {.prepare = prepare_pair, .count = half->count};

	for (int s = 0; s < 2; s++) {
		pairs[s].prepare = half->prepare;
		for (int t = 0; t < 2; t++) {
			pairs[s].half[t] = half->sides[s];
			pairs[s].half[t].job = jobs[t];
		}
		work.sides[s] = (struct side){.run = run_pair, .job = &pairs[s]};
	}
	bench_row(bench, row, &work);
}

static void stores_row(struct bench *bench, const char *op, size_t size,
	void (*run)(const struct side *side))
{
	struct row row = {"threads", op, "", "cold", size};
	struct work half = {.prepare = job_cold};
	struct job jobs[2];

	for (size_t t = 0; t < 2; t++) {
		jobs[t] = (struct job){
			.memory = &bench->memory,
			.granularity = PMEM2_GRANULARITY_CACHE_LINE,
			.size = size,
			.origin = t * (COLD_WINDOW / 2),
			.area = COLD_WINDOW / 2,
		};
		job_plan(&jobs[t]);
	}
	job_sides(bench, &half, CONTRACT_NT, &jobs[0], run, run);
	pair_row(bench, &row, &half, (void *[]){&jobs[0], &jobs[1]});
}

static void map_new_delete(const struct side *side)
{
	const struct library *lib = side->library;
	const int *fd = side->job;
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	library_check(lib, lib->source_from_fd(&src, *fd), "pmem2_source_from_fd");
	library_check(lib, lib->config_new(&cfg), "pmem2_config_new");
	lib->config_set_granularity(cfg, PMEM2_GRANULARITY_PAGE);
	lib->config_set_length(cfg, 4096);
	for (int i = 0; i < N_MAPS; i++) {
		library_check(lib, lib->map_new(&map, cfg, src), "pmem2_map_new");
		library_check(lib, lib->map_delete(&map), "pmem2_map_delete");
	}
	lib->config_delete(&cfg);
	lib->source_delete(&src);
}

static void maps_row(struct bench *bench)
{
	struct row row = {"threads", "map_new+delete", "", "", 0};
	struct work half = {.count = N_MAPS};

	bench_sides(bench, &half, CONTRACT_DURABLE, PMEM2_GRANULARITY_PAGE, map_new_delete,
		&bench->fd);
	pair_row(bench, &row, &half, (void *[]){&bench->fd, &bench->fd});
}

void threads_group(struct bench *bench)
{
	pthread_t thread;

	if (!bench_wants(bench, "threads"))
		return;
	atomic_store(&started, 0);
	atomic_store(&done, 0);
	if (pthread_create(&thread, NULL, thread_main, NULL) != 0)
		errx(1, "cannot make a thread");
	maps_row(bench);
	stores_row(bench, "persist", 64, job_persist);
	stores_row(bench, "memcpy", 64, job_memmove);
	stores_row(bench, "memcpy", 4096, job_memmove);
	stores_row(bench, "memcpy", 65536, job_memmove);
	stores_row(bench, "memcpy", 1 << 20, job_memmove);
	stores_row(bench, "memcpy", 8 << 20, job_memmove);
	stores_row(bench, "memset", 65536, job_memset);
	start_second(NULL);
	pthread_join(thread, NULL);
}
