/* SPDX-License-Identifier: BSD-3-Clause */
/* wasteful.c -- flushes correctly, and too much: how much of each is in wasteful.sh. */
#include <fcntl.h>
#include <libpmem2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;

	if (fd < 0 || ftruncate(fd, 65536) != 0 || pmem2_source_from_fd(&source, fd) != 0 ||
		pmem2_config_new(&config) != 0 ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, config, source) != 0)
		return EXIT_FAILURE;

	char *base = pmem2_map_get_address(map);
	pmem2_flush_fn flush = pmem2_get_flush_fn(map);
	pmem2_drain_fn drain = pmem2_get_drain_fn(map);
	pmem2_persist_fn persist = pmem2_get_persist_fn(map);

	strcpy(base, "needed");
	persist(base, 6);
	for (volatile int i = 0; i < 5; i++) /* one place, which clang would make five of */
		persist(base, 6);            /* five lines that are durable already */

	strcpy(base + 640, "needed");
	persist(base + 640, 192); /* two more, of three */

	strcpy(base + 1280, "flushed twice");
	flush(base + 1280, 13);
	flush(base + 1280, 13); /* a line that is on its way */
	drain();
	for (int i = 0; i < 3; i++)
		drain(); /* nothing */

	pmem2_map_delete(&map);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return EXIT_SUCCESS;
}
