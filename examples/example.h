/* SPDX-License-Identifier: BSD-3-Clause */
/* example.h -- how the examples open files and give up; basic.c shows the mapping in full. */
#ifndef EXAMPLE_H
#define EXAMPLE_H 1

#include <fcntl.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int wants_help(int argc, char *argv[])
{
	return argc > 1 && strcmp(argv[1], "--help") == 0;
}

static inline const char *granularity_name(struct pmem2_map *map)
{
	static const char *const names[] = {"BYTE", "CACHE_LINE", "PAGE"};

	return names[pmem2_map_get_store_granularity(map)];
}

/*
 * Opens a file of at least size bytes, made if there is none. The name of a new file is durable
 * after fsync of its directory: log_file.c does that, here it would distract.
 */
static inline int open_file(const char *path, size_t size)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || fstat(fd, &st) ||
		(S_ISREG(st.st_mode) && (size_t)st.st_size < size && ftruncate(fd, (off_t)size))) {
		perror(path);
		exit(1);
	}
	return fd;
}

/* Maps the first size bytes of the file; in a reservation, at offset there. */
static inline struct pmem2_map *map_file(const char *path, size_t size,
	struct pmem2_vm_reservation *rsv, size_t offset)
{
	struct pmem2_source *source = NULL;
	struct pmem2_config *config = NULL;
	struct pmem2_map *map = NULL;
	int fd = open_file(path, size);

	if (pmem2_source_from_fd(&source, fd) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_config_set_length(config, size) ||
		pmem2_config_set_vm_reservation(config, rsv, offset) ||
		pmem2_map_new(&map, config, source)) {
		pmem2_perror("%s", path);
		exit(1);
	}
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);
	return map;
}

#endif
