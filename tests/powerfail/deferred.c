/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * deferred.c FILE WHAT: flushes some pages of a deferred map, and then: `drain`s; `forget`s to; leaves it to the `delete`
 * of the map; or `store`s once more after the drain, deletes the map and never flushes that.
 */
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <libpmem2.h>
#include <libpmem2/extra.h>

enum { PAGE = 4096, PAGES = 5 };

static void check(int ret)
{
	if (ret != 0)
		errx(2, "%s", pmem2_errormsg());
}

static struct pmem2_map *map_of(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0666);
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	if (fd < 0 || ftruncate(fd, 2 * PAGES * PAGE) != 0)
		err(2, "%s", path);
	check(pmem2_source_from_fd(&src, fd));
	check(pmem2_config_new(&cfg));
	check(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	check(pmem2_config_set_deferred_flush(cfg, 1));
	check(pmem2_map_new(&map, cfg, src));
	return map;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: deferred FILE drain|forget|delete|store");

	struct pmem2_map *map = map_of(argv[1]);
	char *at = pmem2_map_get_address(map);

	for (size_t i = 0; i < PAGES; i++) {
		at[2 * i * PAGE]++;
		pmem2_get_flush_fn(map)(at + 2 * i * PAGE, 1);
	}
	if (strcmp(argv[2], "drain") == 0 || strcmp(argv[2], "store") == 0)
		pmem2_get_drain_fn(map)();
	if (strcmp(argv[2], "store") == 0)
		at[100]++;
	if (strcmp(argv[2], "delete") == 0 || strcmp(argv[2], "store") == 0)
		check(pmem2_map_delete(&map));
	return 0;
}
