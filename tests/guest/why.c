/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * why PATH -- maps a file, which is made if it is not there, and prints the names of the reasons that the library gives,
 * two lines:
 *
 *	source GRANULARITY NAME...	before it is mapped; a name after `*` decided
 *	map GRANULARITY NAME...		of the map
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <libpmem2.h>
#include <libpmem2/explain.h>

#include "../must.h"

static void print(const char *of, struct pmem2_explanation *why)
{
	static const char *const names[] = {"BYTE", "CACHE_LINE", "PAGE"};
	const struct pmem2_reason *reason = NULL;
	enum pmem2_granularity granularity;

	MUST(pmem2_explanation_granularity(why, &granularity) == 0);
	printf("%s %s", of, names[granularity]);
	while ((reason = pmem2_explanation_next(why, reason)) != NULL)
		printf(" %s%s", reason->decided ? "*" : "", reason->name);
	putchar('\n');
	pmem2_explanation_delete(&why);
}

int main(int argc, char *argv[])
{
	struct pmem2_explanation *why;
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;

	MUST(argc == 2);
	int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	MUST(fd >= 0 && ftruncate(fd, 1 << 20) == 0);
	MUST(pmem2_source_from_fd(&source, fd) == 0);
	MUST(pmem2_config_new(&config) == 0);
	MUST(pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) == 0);
	MUST(pmem2_source_explain(source, config, &why) == 0);
	print("source", why);
	MUST(pmem2_map_new(&map, config, source) == 0);
	MUST(pmem2_map_explain(map, &why) == 0);
	print("map", why);
	pmem2_map_delete(&map);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);
	return 0;
}
