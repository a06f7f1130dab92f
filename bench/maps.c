/* SPDX-License-Identifier: BSD-3-Clause */
/* Making and deleting maps, while there are others. */
#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bench.h"

enum {
	PAGE = 4096,
	MAPS_MAX = 60000,
	N_NEW = 16, /* operations of one sample */
	N_EXISTING = 512,
};

/* what one library has */
struct maps {
	const struct library *lib;
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map **list; /* the others: pages 0, 2, 4, ... of area; NULL at the end */
	size_t n;
	char *area;
	char *place[N_EXISTING]; /* free pages of area */
};

static void map_new_delete(const struct side *side)
{
	const struct maps *maps = side->job;
	const struct library *lib = maps->lib;

	for (int i = 0; i < N_NEW; i++) {
		struct pmem2_map *map;

		library_check(lib, lib->map_new(&map, maps->cfg, maps->src), "pmem2_map_new");
		library_check(lib, lib->map_delete(&map), "pmem2_map_delete");
	}
}

static void existing_delete(const struct side *side)
{
	const struct maps *maps = side->job;
	const struct library *lib = maps->lib;

	for (int i = 0; i < N_EXISTING; i++) {
		struct pmem2_map *map;
		int code = lib->map_from_existing(&map, maps->src, maps->place[i], PAGE,
			PMEM2_GRANULARITY_CACHE_LINE);

		library_check(lib, code, "pmem2_map_from_existing");
		library_check(lib, lib->map_delete(&map), "pmem2_map_delete");
	}
}

static void choose_places(void *job, unsigned round)
{
	struct maps *maps = job;
	uint64_t state = 1 + round;

	for (int i = 0; i < N_EXISTING; i++) {
		uint64_t slot = random_next(&state) % (maps->n + 1);

		maps->place[i] = maps->area + (2 * slot + 1) * PAGE;
	}
}

static void maps_init(struct maps *maps, const struct library *lib, int fd, char *area)
{
	*maps = (struct maps){.lib = lib, .area = area};
	maps->list = calloc(MAPS_MAX, sizeof(struct pmem2_map *));
	if (maps->list == NULL)
		err(1, "maps");
	library_check(lib, lib->source_from_fd(&maps->src, fd), "pmem2_source_from_fd");
	library_check(lib, lib->config_new(&maps->cfg), "pmem2_config_new");
	lib->config_set_granularity(maps->cfg, PMEM2_GRANULARITY_PAGE);
}

/* maps made of existing memory: the kernel allows a process 65,530 mappings, less than two times
 * 60,000 */
static void maps_grow(struct maps *maps, size_t n)
{
	size_t more = n - maps->n;

	/* 7919 is prime to all the numbers of maps: a permutation of the places */
	for (size_t i = 0; i < more; i++) {
		size_t at = maps->n + i * 7919 % more;
		int code = maps->lib->map_from_existing(&maps->list[at], maps->src,
			maps->area + 2 * at * PAGE, PAGE, PMEM2_GRANULARITY_CACHE_LINE);

		library_check(maps->lib, code, "pmem2_map_from_existing");
	}
	maps->n = n;
}

static void maps_fini(struct maps *maps)
{
	for (size_t i = 0; i < maps->n; i++)
		library_check(maps->lib, maps->lib->map_delete(&maps->list[i]), "pmem2_map_delete");
	maps->lib->config_delete(&maps->cfg);
	maps->lib->source_delete(&maps->src);
	free(maps->list);
}

static void maps_row(struct bench *bench, struct maps maps[2], const char *op, size_t length)
{
	struct row row = {"maps", op, "", "", maps[0].n};
	struct work work = {.count = length != 0 ? N_NEW : N_EXISTING};

	for (int s = 0; s < 2; s++) {
		maps[s].lib->config_set_length(maps[s].cfg, length);
		work.sides[s] = (struct side){.run = length != 0 ? map_new_delete : existing_delete,
			.job = &maps[s]};
	}
	if (length == 0)
		work.prepare = choose_places;
	bench_row(bench, &row, &work);
}

void maps_group(struct bench *bench)
{
	static const size_t others[] = {0, 1000, 10000, MAPS_MAX};
	size_t length = (size_t)PAGE * 2 * (MAPS_MAX + 1);
	struct maps maps[2];

	if (!bench_wants(bench, "maps"))
		return;

	char *area =
		mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		err(1, "mmap of %zu bytes", length);
	maps_init(&maps[0], &bench->ours[CONTRACT_DURABLE], bench->fd, area);
	maps_init(&maps[1], &bench->peer[CONTRACT_DURABLE], bench->fd, area);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		maps_grow(&maps[0], others[i]);
		maps_grow(&maps[1], others[i]);
		maps_row(bench, maps, "map_new+delete 4K", PAGE);
		maps_row(bench, maps, "map_new+delete 4M", 4 << 20);
		maps_row(bench, maps, "from_existing+delete", 0);
		library_force_granularity(PMEM2_GRANULARITY_PAGE);
		maps_row(bench, maps, "map_new+delete 4K PAGE", PAGE);
		library_force_granularity(PMEM2_GRANULARITY_CACHE_LINE);
	}
	maps_fini(&maps[0]);
	maps_fini(&maps[1]);
	munmap(area, length);
}
