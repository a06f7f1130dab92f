/* SPDX-License-Identifier: BSD-3-Clause */
/* Reservations: maps made in them, and found again. */
#include <err.h>
#include <stdlib.h>

#include "bench.h"

enum {
	PAGE = 4096,
	N_FIND = 1024, /* operations of one sample */
	N_NEW = 16,
};

/* what one library has: a reservation with maps in its pages 0, 2, 4, ... */
struct lookup {
	const struct library *lib;
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_vm_reservation *rsv;
	struct pmem2_map **list;
	size_t n;
	uint32_t which[N_FIND];
};

static void draw(void *job, unsigned round)
{
	struct lookup *lookup = job;
	uint64_t state = 1 + round;

	for (int i = 0; i < N_FIND; i++)
		lookup->which[i] = (uint32_t)((random_next(&state) >> 8) % lookup->n);
}

static void find(const struct side *side)
{
	const struct lookup *lookup = side->job;
	const struct library *lib = lookup->lib;

	for (int i = 0; i < N_FIND; i++) {
		struct pmem2_map *map;
		size_t offset = (size_t)lookup->which[i] * 2 * PAGE;

		if (lib->vm_reservation_map_find(lookup->rsv, offset, PAGE, &map) != 0)
			errx(1, "%s: no map at %zu", lib->name, offset);
	}
}

static void find_next(const struct side *side)
{
	const struct lookup *lookup = side->job;
	const struct library *lib = lookup->lib;

	for (int i = 0; i < N_FIND; i++) {
		struct pmem2_map *map;

		/* fails after the last one */
		lib->vm_reservation_map_find_next(lookup->rsv, lookup->list[lookup->which[i]],
			&map);
	}
}

static void new_delete(const struct side *side)
{
	const struct lookup *lookup = side->job;
	const struct library *lib = lookup->lib;

	for (int i = 0; i < N_NEW; i++) {
		struct pmem2_map *map;
		size_t offset = ((size_t)lookup->which[i] * 2 + 1) * PAGE;

		lib->config_set_vm_reservation(lookup->cfg, lookup->rsv, offset);
		library_check(lib, lib->map_new(&map, lookup->cfg, lookup->src), "pmem2_map_new");
		library_check(lib, lib->map_delete(&map), "pmem2_map_delete");
	}
}

static void lookup_init(struct lookup *lookup, const struct library *lib, int fd, size_t n)
{
	*lookup = (struct lookup){.lib = lib, .n = n};
	lookup->list = calloc(n, sizeof(struct pmem2_map *));
	if (lookup->list == NULL)
		err(1, "maps");
	library_check(lib, lib->source_from_fd(&lookup->src, fd), "pmem2_source_from_fd");
	library_check(lib, lib->config_new(&lookup->cfg), "pmem2_config_new");
	library_check(lib, lib->vm_reservation_new(&lookup->rsv, NULL, 2 * n * PAGE),
		"pmem2_vm_reservation_new");
	lib->config_set_granularity(lookup->cfg, PMEM2_GRANULARITY_PAGE);
	lib->config_set_length(lookup->cfg, PAGE);
	for (size_t i = 0; i < n; i++) {
		lib->config_set_vm_reservation(lookup->cfg, lookup->rsv, 2 * i * PAGE);
		library_check(lib, lib->map_new(&lookup->list[i], lookup->cfg, lookup->src),
			"pmem2_map_new");
	}
}

static void lookup_fini(struct lookup *lookup)
{
	const struct library *lib = lookup->lib;

	for (size_t i = 0; i < lookup->n; i++)
		library_check(lib, lib->map_delete(&lookup->list[i]), "pmem2_map_delete");
	library_check(lib, lib->vm_reservation_delete(&lookup->rsv), "pmem2_vm_reservation_delete");
	lib->config_delete(&lookup->cfg);
	lib->source_delete(&lookup->src);
	free(lookup->list);
}

static void lookup_row(struct bench *bench, struct lookup lookup[2], const char *op,
	void (*run)(const struct side *side), size_t count)
{
	struct row row = {"lookup", op, "", "", lookup[0].n};
	struct work work = {
		.prepare = draw,
		.sides = {{.run = run, .job = &lookup[0]}, {.run = run, .job = &lookup[1]}},
		.count = count,
	};

	bench_row(bench, &row, &work);
}

void lookup_group(struct bench *bench)
{
	static const size_t numbers[] = {1, 1000, 10000};
	struct lookup lookup[2];

	if (!bench_wants(bench, "lookup"))
		return;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		lookup_init(&lookup[0], &bench->ours[CONTRACT_DURABLE], bench->fd, numbers[i]);
		lookup_init(&lookup[1], &bench->peer[CONTRACT_DURABLE], bench->fd, numbers[i]);
		lookup_row(bench, lookup, "find", find, N_FIND);
		lookup_row(bench, lookup, "find_next", find_next, N_FIND);
		lookup_row(bench, lookup, "map_new+delete", new_delete, N_NEW);
		lookup_fini(&lookup[0]);
		lookup_fini(&lookup[1]);
	}
}
