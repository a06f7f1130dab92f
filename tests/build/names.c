/* SPDX-License-Identifier: BSD-3-Clause */
/* names.c -- prints the granularity and the variant that a temporary file gets, after a durable copy. */
#include <stdio.h>

#include <libpmem2.h>

static int fail(void)
{
	puts(pmem2_errormsg());
	return 1;
}

int main(void)
{
	static const char *const granularities[] = {"BYTE", "CACHE_LINE", "PAGE"};
	static const char text[4096] = "durable";
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;
	FILE *file = tmpfile();

	if (file == NULL || fwrite(text, sizeof(text), 1, file) != 1 || fflush(file) != 0)
		return 1;
	if (pmem2_source_from_fd(&src, fileno(file)) != 0 || pmem2_config_new(&cfg) != 0 ||
		pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, cfg, src) != 0)
		return fail();

	pmem2_get_memcpy_fn(map)(pmem2_map_get_address(map), text, sizeof(text), 0);
	printf("%s %s\n", granularities[pmem2_map_get_store_granularity(map)],
		pmem2_map_get_backend_name(map));
	return pmem2_map_delete(&map) != 0 ? fail() : 0;
}
