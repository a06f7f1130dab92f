/* SPDX-License-Identifier: BSD-3-Clause */
/* many.c -- maps by the hundred thousand: at once in a reservation, one after another without growth. */
#include "load.h"

enum {
	PAGE = 4096,
	AT_ONCE = 100000,
};

/* Consecutive offsets of one file, so that the kernel merges them and its limit is not met. */
static void at_once(int fd)
{
	static struct pmem2_map *maps[AT_ONCE];
	struct pmem2_source *src = load_source(fd);
	struct pmem2_config *cfg = load_config();
	struct pmem2_vm_reservation *rsv;
	struct pmem2_map *found;

	MUST(pmem2_vm_reservation_new(&rsv, NULL, (size_t)AT_ONCE * PAGE) == 0);
	MUST(pmem2_config_set_length(cfg, PAGE) == 0);
	for (size_t i = 0; i < AT_ONCE; i++) {
		MUST(pmem2_config_set_offset(cfg, i * PAGE) == 0);
		MUST(pmem2_config_set_vm_reservation(cfg, rsv, i * PAGE) == 0);
		MUST(pmem2_map_new(&maps[i], cfg, src) == 0);
	}
	for (size_t i = 0; i < AT_ONCE; i += 997) {
		MUST(pmem2_vm_reservation_map_find(rsv, i * PAGE + 5, 1, &found) == 0);
		MUST(found == maps[i]);
	}
	/* from the end: a hole in the middle would split what the kernel has merged */
	for (size_t i = AT_ONCE; i-- > 0;)
		MUST(pmem2_map_delete(&maps[i]) == 0);

	MUST(pmem2_vm_reservation_delete(&rsv) == 0);
	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	printf("# %d maps at once in a reservation\n", AT_ONCE);
}

static void one_after_another(int fd, size_t times)
{
	struct pmem2_source *src = load_source(fd);
	struct pmem2_config *cfg = load_config();
	struct pmem2_map *map;
	long before = 0;

	MUST(pmem2_config_set_length(cfg, PAGE) == 0);
	for (size_t i = 0; i < times; i++) {
		if (i == 100)
			before = load_status("VmSize: %ld");
		MUST(pmem2_map_new(&map, cfg, src) == 0);
		*(volatile char *)pmem2_map_get_address(map) = 1;
		MUST(pmem2_map_delete(&map) == 0);
	}
	MUST(load_status("VmSize: %ld") <= before);
	MUST(dup(fd) == fd + 1); /* the lowest free one: none was left open */
	close(fd + 1);

	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	printf("# %zu maps one after another\n", times);
}

int main(void)
{
	int fd = load_file((off_t)AT_ONCE * PAGE);

	at_once(fd);
	one_after_another(fd, load_amount(200000));
	return 0;
}
