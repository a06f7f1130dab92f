/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * probe.c -- a program of today, linked to PMDK's library: says what it gets from what is installed.
 *
 *	probe file FILE | anonymous | devices FILE
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libpmem2.h>

static int fail(const char *call, int code)
{
	printf("%s: %d: %s\n", call, code, pmem2_errormsg());
	return 1;
}

/* What PMDK's library does not have is asked for at run time. */
static const char *variant_of(struct pmem2_map *map)
{
	const char *(*ask)(struct pmem2_map *);

	*(void **)&ask = dlsym(RTLD_DEFAULT, "pmem2_map_get_backend_name");
	return ask != NULL ? ask(map) : "PMDK";
}

/* Maps, stores, persists and copies. */
static int use(const struct pmem2_source *src)
{
	static const char *const names[] = {"BYTE", "CACHE_LINE", "PAGE"};
	struct pmem2_config *cfg;
	struct pmem2_map *map;
	int ret = pmem2_config_new(&cfg);

	if (ret == 0)
		ret = pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE);
	if (ret != 0)
		return fail("config", ret);
	ret = pmem2_map_new(&map, cfg, src);
	if (ret != 0)
		return fail("map", ret);

	char *memory = pmem2_map_get_address(map);
	memory[0] = 'p';
	pmem2_get_persist_fn(map)(memory, 1);
	pmem2_get_memcpy_fn(map)(memory + 1, "mem2", 4, 0);
	if (memcmp(memory, "pmem2", 5) != 0)
		return 1;

	printf("%s %s\n", names[pmem2_map_get_store_granularity(map)], variant_of(map));
	pmem2_map_delete(&map);
	pmem2_config_delete(&cfg);
	return 0;
}

static int ask(const struct pmem2_source *src)
{
	char id[256];
	size_t length = sizeof(id);
	uint64_t count;
	int node;

	int ret = pmem2_source_device_id(src, id, &length);
	if (ret != 0)
		return fail("id", ret);
	ret = pmem2_source_device_usc(src, &count);
	if (ret != 0)
		return fail("count", ret);
	ret = pmem2_source_numa_node(src, &node);
	if (ret != 0)
		return fail("node", ret);

	printf("id \"%s\" count %" PRIu64 " node %d\n", id, count, node);
	return 0;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";
	struct pmem2_source *src;
	int ret = argc == 3 ? pmem2_source_from_fd(&src, open(argv[2], O_RDWR))
	                    : pmem2_source_from_anon(&src, 4096);

	if (ret != 0)
		return fail("source", ret);
	return strcmp(what, "devices") == 0 ? ask(src) : use(src);
}
