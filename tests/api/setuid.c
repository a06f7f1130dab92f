/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * setuid.c -- prints whether this process is one of elevated rights, and what the environment
 * could make the library choose. setuid.sh runs it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libpmem2.h>

static struct pmem2_source *source(void)
{
	struct pmem2_source *src = NULL;
	int fd = memfd_create("setuid", 0);

	if (fd < 0 || ftruncate(fd, 4096) || pmem2_source_from_fd(&src, fd))
		pmem2_perror("source");
	return src;
}

static void print(const char *what, int ret, struct pmem2_map *map)
{
	if (ret)
		printf("%s %d\n", what, ret);
	else
		printf("%s %s\n", what, pmem2_map_get_backend_name(map));
}

int main(void)
{
	static char memory[64];
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	printf("secure %lu\n", getauxval(AT_SECURE));
	int ret = pmem2_map_from_existing(&map, source(), memory, sizeof(memory),
		PMEM2_GRANULARITY_CACHE_LINE);
	print("lines", ret, map);

	if (pmem2_config_new(&cfg) ||
		pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE))
		return 1;
	ret = pmem2_map_new(&map, cfg, source());
	print("file", ret, map);
	return 0;
}
