/* SPDX-License-Identifier: BSD-3-Clause */
/* basic.c -- maps a file, stores to it, makes the store durable: counts its own runs. */
#include "example.h"

#include <inttypes.h>
#include <stdint.h>

int main(int argc, char *argv[])
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;

	if (argc != 2 || wants_help(argc, argv)) {
		fprintf(stderr, "usage: basic FILE   count, durably, how often this was run\n");
		return wants_help(argc, argv) ? 0 : 2;
	}

	/* what to map: an open file, here of one page at least */
	int fd = open_file(argv[1], 4096);

	if (pmem2_source_from_fd(&source, fd)) {
		pmem2_perror("%s", argv[1]);
		return 1;
	}

	/* how: anything that can be made durable will do, be it by msync */
	if (pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE)) {
		pmem2_perror("config");
		return 1;
	}
	if (pmem2_map_new(&map, config, source)) {
		pmem2_perror("%s", argv[1]);
		return 1;
	}

	/* the map needs none of these any more */
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);

	/* an aligned 8-byte store never tears; it is durable once persist has returned */
	uint64_t *runs = pmem2_map_get_address(map);
	pmem2_persist_fn persist = pmem2_get_persist_fn(map);

	*runs += 1;
	persist(runs, sizeof(*runs));

	printf("run %" PRIu64 " (granularity %s, variant %s)\n", *runs, granularity_name(map),
		pmem2_map_get_backend_name(map));
	return pmem2_map_delete(&map) ? 1 : 0;
}
