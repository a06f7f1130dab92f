/* SPDX-License-Identifier: BSD-3-Clause */
/* hello.c -- maps a file, stores a number, makes it durable. */
#include <fcntl.h>
#include <inttypes.h>
#include <libpmem2.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	static const char *const names[] = {"BYTE", "CACHE_LINE", "PAGE"};
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;

	if (argc != 2) {
		fprintf(stderr, "usage: hello FILE\n");
		return 2;
	}

	int fd = open(argv[1], O_RDWR | O_CREAT, 0666);
	if (fd < 0 || ftruncate(fd, 4096) != 0 || fsync(fd) != 0) {
		perror(argv[1]);
		return 1;
	}
	if (pmem2_source_from_fd(&source, fd) != 0 || pmem2_config_new(&config) != 0 ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, config, source) != 0) {
		pmem2_perror("%s", argv[1]);
		return 1;
	}

	uint64_t *runs = pmem2_map_get_address(map);
	pmem2_persist_fn persist = pmem2_get_persist_fn(map);

	*runs += 1;
	persist(runs, sizeof(*runs)); /* durable when this returns */

	printf("run %" PRIu64 ", granularity %s, made durable by %s\n", *runs,
		names[pmem2_map_get_store_granularity(map)], pmem2_map_get_backend_name(map));
	pmem2_map_delete(&map);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);
	return 0;
}
