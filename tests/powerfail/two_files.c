/* SPDX-License-Identifier: BSD-3-Clause */
/* two_files.c -- data in one file, and in another the word that says that they are there. */
#include <fcntl.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct pmem2_map *map_file(const char *path)
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, 4096) != 0 || pmem2_source_from_fd(&source, fd) != 0 ||
		pmem2_config_new(&config) != 0 ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, config, source) != 0) {
		pmem2_perror("%s", path);
		exit(2);
	}
	close(fd);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return map;
}

int main(int argc, char *argv[])
{
	if (argc != 4)
		return 2;

	struct pmem2_map *data = map_file(argv[2]), *flag = map_file(argv[3]);
	char *text = pmem2_map_get_address(data), *word = pmem2_map_get_address(flag);

	int status = 0;

	if (strcmp(argv[1], "check") == 0) {
		status = word[0] != 0 && strcmp(text, "data") != 0;
	} else {
		strcpy(text, "data");
		pmem2_get_flush_fn(data)(text, 5);
		if (strcmp(argv[1], "write") == 0)
			pmem2_get_drain_fn(data)();
		word[0] = 1;
		pmem2_get_persist_fn(flag)(word, 1);
	}
	pmem2_map_delete(&data);
	pmem2_map_delete(&flag);
	return status;
}
