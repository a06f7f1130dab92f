/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes one kind of call N_CALLS times, in a function named measured(); callgrind counts the
 * instructions in there.
 */
#include <err.h>
#include <fcntl.h>
#include <libpmem2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	N_CALLS = 1000,
	PAGE = 4096,
	LINE = 64,
	N_MAPS = 10000,
	FILE_SIZE = 64 * PAGE,
};

static struct pmem2_source *src;
static struct pmem2_config *cfg;
static struct pmem2_vm_reservation *rsv;
static struct pmem2_map *map;
static char *memory;
static char from[PAGE];
static pmem2_memcpy_fn memcpy_fn;
static pmem2_persist_fn persist_fn;
static pmem2_flush_fn flush_fn;
static pmem2_drain_fn drain_fn;

static void check(int code, const char *what)
{
	if (code != 0)
		errx(1, "%s: %s", what, pmem2_errormsg());
}

static void copy_64(void)
{
	memcpy_fn(memory, from, 64, 0);
}

static void copy_4096(void)
{
	memcpy_fn(memory, from, 4096, 0);
}

static void persist_line(void)
{
	persist_fn(memory, 64);
}

/* Another line each time, and a drain of all when the page is through. */
static void flush_line(void)
{
	static uint64_t calls;
	char *line = memory + calls % (PAGE / LINE) * LINE;

	*(volatile uint64_t *)(void *)line = ++calls;
	flush_fn(line, LINE);
	if (calls % (PAGE / LINE) == 0)
		drain_fn();
}

static void map_new(void)
{
	struct pmem2_map *another;

	check(pmem2_map_new(&another, cfg, src), "pmem2_map_new");
	check(pmem2_map_delete(&another), "pmem2_map_delete");
}

static void find(void)
{
	static size_t page;
	struct pmem2_map *found;

	page = (page + 7) % 32;
	check(pmem2_vm_reservation_map_find(rsv, page * 2 * PAGE, PAGE, &found),
		"pmem2_vm_reservation_map_find");
}

/* N_MAPS others, in every second page of an area */
static void many_maps(void)
{
	char *area = mmap(NULL, (size_t)2 * PAGE * N_MAPS, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED)
		err(1, "mmap");
	for (size_t i = 0; i < N_MAPS; i++) {
		struct pmem2_map *other;

		check(pmem2_map_from_existing(&other, src, area + 2 * PAGE * i, PAGE,
			      PMEM2_GRANULARITY_CACHE_LINE),
			"pmem2_map_from_existing");
	}
}

static void many_maps_and_reservation(void)
{
	many_maps();
	check(pmem2_vm_reservation_new(&rsv, NULL, 64 * PAGE), "pmem2_vm_reservation_new");
	for (size_t i = 0; i < 32; i++) {
		struct pmem2_map *other;

		check(pmem2_config_set_vm_reservation(cfg, rsv, 2 * i * PAGE), "reservation");
		check(pmem2_map_new(&other, cfg, src), "pmem2_map_new");
	}
}

static const struct {
	const char *name;
	const char *variant; /* the counts are of */
	void (*prepare)(void);
	void (*call)(void);
} cases[] = {
	{"copy-64", "clflush-avx2", NULL, copy_64},
	{"copy-4096", "clflush-avx2", NULL, copy_4096},
	{"persist-line", "clflush-avx2", NULL, persist_line},
	{"map_new-10000", "clflush-avx2", many_maps, map_new},
	{"find-10000", "clflush-avx2", many_maps_and_reservation, find},
	{"flush-powerfail", "powerfail", NULL, flush_line},
};

void measured(void (*call)(void));

__attribute__((noinline)) void measured(void (*call)(void))
{
	for (int i = 0; i < N_CALLS; i++)
		call();
	__asm__ volatile(""); /* no tail call */
}

static void setup(const char *variant)
{
	char path[] = "perf-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || unlink(path) != 0 || ftruncate(fd, FILE_SIZE) != 0)
		err(1, "%s", path);
	check(pmem2_source_from_fd(&src, fd), "pmem2_source_from_fd");
	check(pmem2_config_new(&cfg), "pmem2_config_new");
	check(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE),
		"granularity");
	check(pmem2_config_set_length(cfg, PAGE), "pmem2_config_set_length");
	check(pmem2_map_new(&map, cfg, src), "pmem2_map_new");
	if (strcmp(pmem2_map_get_backend_name(map), variant) != 0)
		errx(1, "the counts are of %s, not %s", variant, pmem2_map_get_backend_name(map));
	memory = pmem2_map_get_address(map);
	memcpy_fn = pmem2_get_memcpy_fn(map);
	persist_fn = pmem2_get_persist_fn(map);
	flush_fn = pmem2_get_flush_fn(map);
	drain_fn = pmem2_get_drain_fn(map);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], cases[i].name) != 0)
			continue;
		setup(cases[i].variant);
		if (cases[i].prepare != NULL)
			cases[i].prepare();
		cases[i].call(); /* what only the first one does, and its symbols, apart */
		measured(cases[i].call);
		return 0;
	}
	errx(2, "usage: %s CASE", argv[0]);
}
