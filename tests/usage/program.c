/* SPDX-License-Identifier: BSD-3-Clause */
/* program.c -- somebody's program, C and C++: maps a file, makes a store durable, says by what. */
#include <libpmem2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	struct pmem2_source *source = NULL;
	struct pmem2_config *config = NULL;
	struct pmem2_map *map = NULL;
	FILE *file = tmpfile();

	if (!file || ftruncate(fileno(file), 4096))
		return 1;
	if (pmem2_source_from_fd(&source, fileno(file)) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_map_new(&map, config, source)) {
		pmem2_perror("program");
		return 1;
	}

	char *text = (char *)pmem2_map_get_address(map);

	strcpy(text, "durable");
	pmem2_get_persist_fn(map)(text, strlen(text) + 1);
	printf("%s by %s\n", text, pmem2_map_get_backend_name(map));

	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return pmem2_map_delete(&map) ? 1 : 0;
}
