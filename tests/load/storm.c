/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * storm.c -- 8 threads over maps, reservations, finds, flushes and deletes with random delays, for
 * PMEM2_TEST_LOAD seconds. Each thread owns a part of one reservation; all share the file.
 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "load.h"

enum {
	THREADS = 8,
	PAGE = 4096,
	SLOTS = 16, /* of a thread, in the reservation */
	SLOT = 16 * PAGE,
};

struct worker {
	pthread_t thread;
	size_t index;
	unsigned seed;
	size_t steps;
	struct pmem2_map *in_place[SLOTS], *anywhere[SLOTS];
};

static struct pmem2_source *src;
static struct pmem2_vm_reservation *shared;
static time_t stop;

static unsigned below(struct worker *w, unsigned limit)
{
	return (unsigned)rand_r(&w->seed) % limit;
}

static void make(struct worker *w, struct pmem2_map **map, size_t slot, bool in_place)
{
	struct pmem2_config *cfg = load_config();

	MUST(pmem2_config_set_offset(cfg, below(w, 64) * (size_t)PAGE) == 0);
	MUST(pmem2_config_set_length(cfg, (1 + below(w, SLOT / PAGE)) * (size_t)PAGE) == 0);
	if (in_place)
		MUST(pmem2_config_set_vm_reservation(cfg, shared,
			     (w->index * SLOTS + slot) * SLOT) == 0);
	MUST(pmem2_map_new(map, cfg, src) == 0);
	pmem2_config_delete(&cfg);
}

static void use(struct worker *w, struct pmem2_map *map)
{
	/* each thread its own bytes of every page: what it stores, nobody else does */
	char *at = (char *)pmem2_map_get_address(map) + w->index * 64;
	char value = (char)below(w, 256);

	pmem2_get_memset_fn(map)(at, value, 64, below(w, 64));
	pmem2_get_persist_fn(map)(at, 64);
	MUST(at[0] == value && at[63] == value);
}

static void look(struct worker *w, size_t slot)
{
	size_t offset = (w->index * SLOTS + slot) * SLOT;
	struct pmem2_map *found, *own = w->in_place[slot];
	int ret = pmem2_vm_reservation_map_find(shared, offset, 0, &found);

	MUST(own != NULL ? ret == 0 && found == own : ret == PMEM2_E_MAPPING_NOT_FOUND);
	/* the neighbours' maps come and go: only that the calls live is known */
	(void)pmem2_vm_reservation_map_find_last(shared, &found);
	if (own != NULL)
		(void)pmem2_vm_reservation_map_find_next(shared, own, &found);
}

static void reserve(struct worker *w)
{
	struct pmem2_vm_reservation *rsv;
	size_t pages = 1 + below(w, 8);

	MUST(pmem2_vm_reservation_new(&rsv, NULL, pages * PAGE) == 0);
	if (pages > 1)
		MUST(pmem2_vm_reservation_shrink(rsv, 0, PAGE) == 0);
	MUST(pmem2_vm_reservation_delete(&rsv) == 0);
}

static void step(struct worker *w)
{
	size_t slot = below(w, SLOTS);
	bool in_place = below(w, 2) == 0;
	struct pmem2_map **map = in_place ? &w->in_place[slot] : &w->anywhere[slot];

	if (*map == NULL)
		make(w, map, slot, in_place);
	else if (below(w, 3) == 0)
		MUST(pmem2_map_delete(map) == 0 && *map == NULL);
	else
		use(w, *map);

	look(w, slot);
	if (below(w, 50) == 0)
		reserve(w);
	if (below(w, 20) == 0)
		usleep(below(w, 200));
}

static void *work(void *argument)
{
	struct worker *w = argument;

	for (; time(NULL) < stop; w->steps++)
		step(w);
	for (size_t i = 0; i < SLOTS; i++) {
		MUST(pmem2_map_delete(&w->in_place[i]) == 0);
		MUST(pmem2_map_delete(&w->anywhere[i]) == 0);
	}
	return NULL;
}

int main(void)
{
	static struct worker workers[THREADS];
	unsigned seed = (unsigned)time(NULL);
	size_t steps = 0;

	printf("# seed %u\n", seed);
	src = load_source(load_file(1 << 20));
	stop = time(NULL) + (time_t)load_amount(10);
	MUST(pmem2_vm_reservation_new(&shared, NULL, (size_t)THREADS * SLOTS * SLOT) == 0);
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].index = i;
		workers[i].seed = seed + (unsigned)i;
		MUST(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		steps += workers[i].steps;
	}
	MUST(pmem2_vm_reservation_delete(&shared) == 0);
	printf("# %zu steps in %d threads\n", steps, THREADS);
	return 0;
}
