/* SPDX-License-Identifier: BSD-3-Clause */
/* Sources and configs, made and deleted. */
#include "bench.h"

enum {
	N_OPS = 512, /* of one sample */
};

static void source_new_delete(const struct side *side)
{
	const struct library *lib = side->library;
	int fd = *(const int *)side->job;

	for (int i = 0; i < N_OPS; i++) {
		struct pmem2_source *src;

		library_check(lib, lib->source_from_fd(&src, fd), "pmem2_source_from_fd");
		lib->source_delete(&src);
	}
}

static void config_new_delete(const struct side *side)
{
	const struct library *lib = side->library;

	for (int i = 0; i < N_OPS; i++) {
		struct pmem2_config *cfg;

		library_check(lib, lib->config_new(&cfg), "pmem2_config_new");
		lib->config_delete(&cfg);
	}
}

void objects_group(struct bench *bench)
{
	struct row row = {"objects", "source_from_fd+delete", "", "", 0};
	struct work work = {.count = N_OPS};

	bench_sides(bench, &work, CONTRACT_DURABLE, PMEM2_GRANULARITY_PAGE, source_new_delete,
		&bench->fd);
	bench_row(bench, &row, &work);
	row.op = "config_new+delete";
	work.sides[0].run = work.sides[1].run = config_new_delete;
	bench_row(bench, &row, &work);
}
