/* SPDX-License-Identifier: BSD-3-Clause */
/* PAGE granularity: persist with many maps, on tmpfs and on a file system with a device below. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

enum {
	PAGE = 4096,
	N_TMPFS = 1024, /* operations of one sample */
	N_DISK = 2,
	DISK_PAGES = 256,
};

/* what one library has: a map for every page of the file */
struct pages {
	const struct library *lib;
	struct pmem2_map **list;
	size_t n;
	char *at[N_TMPFS]; /* where a sample stores, and persists */
	size_t count;
};

static void draw(void *job, unsigned round)
{
	struct pages *pages = job;
	uint64_t state = 1 + round;

	for (size_t i = 0; i < pages->count; i++) {
		size_t which = (random_next(&state) >> 8) % pages->n;

		pages->at[i] = pages->lib->map_get_address(pages->list[which]);
		++*(volatile char *)pages->at[i]; /* so that no sample has the page's first fault */
	}
}

static void persist(const struct side *side)
{
	const struct pages *pages = side->job;
	pmem2_persist_fn persist_fn = pages->lib->ops[PMEM2_GRANULARITY_PAGE].persist;

	for (size_t i = 0; i < pages->count; i++) {
		++*(volatile char *)pages->at[i];
		persist_fn(pages->at[i], 8);
	}
}

static void copy(const struct side *side)
{
	const struct pages *pages = side->job;
	pmem2_memmove_fn memmove_fn = pages->lib->ops[PMEM2_GRANULARITY_PAGE].memmove;
	static char from[PAGE];

	for (size_t i = 0; i < pages->count; i++)
		memmove_fn(pages->at[i], from, PAGE, 0);
}

static void pages_init(struct pages *pages, const struct library *lib, int fd, size_t n,
	size_t count)
{
	struct pmem2_source *src;
	struct pmem2_config *cfg;

	*pages = (struct pages){.lib = lib, .n = n, .count = count};
	pages->list = calloc(n, sizeof(struct pmem2_map *));
	if (pages->list == NULL)
		err(1, "maps");
	library_check(lib, lib->source_from_fd(&src, fd), "pmem2_source_from_fd");
	library_check(lib, lib->config_new(&cfg), "pmem2_config_new");
	lib->config_set_granularity(cfg, PMEM2_GRANULARITY_PAGE);
	lib->config_set_length(cfg, PAGE);
	for (size_t i = 0; i < n; i++) {
		lib->config_set_offset(cfg, i * PAGE);
		library_check(lib, lib->map_new(&pages->list[i], cfg, src), "pmem2_map_new");
	}
	lib->config_delete(&cfg);
	lib->source_delete(&src);
}

static void pages_fini(struct pages *pages)
{
	for (size_t i = 0; i < pages->n; i++)
		library_check(pages->lib, pages->lib->map_delete(&pages->list[i]),
			"pmem2_map_delete");
	free(pages->list);
}

static void page_rows(struct bench *bench, int fd, const char *where, size_t n, size_t count)
{
	struct row persist_row = {"page", "persist", "", where, n};
	struct row copy_row = {"page", "memcpy 4K", "", where, n};
	struct pages pages[2];
	struct work work = {
		.prepare = draw,
		.sides = {{.run = persist, .job = &pages[0]}, {.run = persist, .job = &pages[1]}},
		.count = count,
	};

	pages_init(&pages[0], &bench->ours[CONTRACT_DURABLE], fd, n, count);
	pages_init(&pages[1], &bench->peer[CONTRACT_DURABLE], fd, n, count);
	bench_row(bench, &persist_row, &work);
	work.sides[0].run = work.sides[1].run = copy;
	bench_row(bench, &copy_row, &work);
	pages_fini(&pages[0]);
	pages_fini(&pages[1]);
}

static void disk_rows(struct bench *bench)
{
	static char zeros[PAGE];
	char path[4096];

	snprintf(path, sizeof(path), "%s/pmem2-bench.XXXXXX", bench->disk_dir);
	int fd = mkstemp(path);
	if (fd < 0)
		err(1, "%s", path);
	unlink(path);
	for (int i = 0; i < DISK_PAGES; i++)
		if (write(fd, zeros, PAGE) != PAGE)
			err(1, "%s", path);
	fsync(fd);
	page_rows(bench, fd, "disk", DISK_PAGES, N_DISK);
	close(fd);
}

void page_group(struct bench *bench)
{
	if (!bench_wants(bench, "page"))
		return;
	library_force_granularity(PMEM2_GRANULARITY_PAGE);
	page_rows(bench, bench->fd, "tmpfs", 1, N_TMPFS);
	page_rows(bench, bench->fd, "tmpfs", 1000, N_TMPFS);
	page_rows(bench, bench->fd, "tmpfs", 10000, N_TMPFS);
	if (bench->disk_dir != NULL)
		disk_rows(bench);
	library_force_granularity(PMEM2_GRANULARITY_CACHE_LINE);
}
