/* SPDX-License-Identifier: BSD-3-Clause */
/* unit.h -- an engine with files that are nowhere but in memory, for the tests of the backend's units. */
#ifndef POWERFAIL_UNIT_H
#define POWERFAIL_UNIT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../unit_run.h"
#include "engine.h"
#include "family.h"
#include "powerfail/medium.h"
#include "powerfail/model.h"
#include "powerfail/report.h"
#include "records.h"

#define ENGINE (&pmem2_pf_engine)

/* PMEM2_POWERFAIL_* are as the test has set them. */
static inline void unit_engine(void)
{
	ck_assert_int_eq(pmem2_pf_engine_init(), 0);
	ck_assert_int_eq(pmem2_pf_records_begin(), 0);
	ck_assert_int_eq(pmem2_pf_family_init(), 0);
}

/* Another map, of a file of its own that holds zeros; maps are made in the order of their addresses. */
static inline struct pf_map *unit_map(char *address, size_t length,
	enum pmem2_granularity granularity)
{
	struct pf_medium *medium = calloc(1, sizeof(*medium));

	medium->id = (uint32_t)ENGINE->media_count;
	medium->fd = -1;
	ck_assert_int_eq(pmem2_pf_medium_init(medium, -1, 0, length), 0);
	ENGINE->media = realloc(ENGINE->media, (ENGINE->media_count + 1) * sizeof(medium));
	ENGINE->media[ENGINE->media_count++] = medium;
	ENGINE->maps = realloc(ENGINE->maps, (ENGINE->map_count + 1) * sizeof(*ENGINE->maps));
	ENGINE->maps[ENGINE->map_count] = (struct pf_map){
		.address = address,
		.length = length,
		.medium = medium,
		.granularity = granularity,
	};
	return &ENGINE->maps[ENGINE->map_count++];
}

static inline char *unit_memory(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	return memory;
}

/* The first byte of a line, as it is durable. */
static inline char unit_durable(const struct pf_map *map, size_t line)
{
	return *pmem2_pf_medium_line(map->medium, line);
}

#endif
