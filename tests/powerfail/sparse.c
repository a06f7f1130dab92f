/* SPDX-License-Identifier: BSD-3-Clause */
/* sparse.c -- a program that stores two words far apart in a file of holes: sparse FILE WHAT. */
#include <errno.h>
#include <fcntl.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *map_file(int fd, struct pmem2_map **map)
{
	struct pmem2_source *source;
	struct pmem2_config *config;

	if (pmem2_source_from_fd(&source, fd) != 0 || pmem2_config_new(&config) != 0 ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(map, config, source) != 0) {
		pmem2_perror("sparse");
		exit(2);
	}
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return pmem2_map_get_address(*map);
}

int main(int argc, char *argv[])
{
	struct pmem2_map *map;
	int fd = argc == 3 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0)
		return 2;
	char *base = map_file(fd, &map), *far = base + pmem2_map_get_size(map) / 4 * 3 + PAGE;

	if (strcmp(argv[2], "check") == 0)
		return *far != 0 && base[100] == 0;
	if (strcmp(argv[2], "closes") == 0)
		for (int i = 3; i < 1000; i++)
			close(i);
	base[100] = 1;
	if (strcmp(argv[2], "forgets") != 0)
		pmem2_get_persist_fn(map)(base + 100, 1);
	*far = 1;
	pmem2_get_persist_fn(map)(far, 1);
	if (strcmp(argv[2], "killed") == 0)
		_exit(0);
	pmem2_map_delete(&map);
	return 0;
}
