/* SPDX-License-Identifier: BSD-3-Clause */
/* map_new.h -- how the small programs that crashtest runs map their file. */
#ifndef MAP_NEW_H
#define MAP_NEW_H

#include <fcntl.h>
#include <libpmem2.h>
#include <stddef.h>
#include <unistd.h>

/* Maps a file of that size, made if it is not there. NULL: it cannot be mapped, and the message is on stderr. */
static inline struct pmem2_map *map_new(const char *path, size_t size)
{
	struct pmem2_source *source = NULL;
	struct pmem2_config *config = NULL;
	struct pmem2_map *map = NULL;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0 || pmem2_source_from_fd(&source, fd) != 0 ||
		pmem2_config_new(&config) != 0 ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, config, source) != 0)
		pmem2_perror("%s", path);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	if (fd >= 0)
		close(fd);
	return map;
}

#endif
