/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Batches at PAGE: stores to many pages, flushes them, drains once. Ours with deferred flushes is compared with
 * ours without, with the peer, and with msync(2) and fdatasync(2) by hand.
 */
#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

enum {
	PAGE = 4096,
	FILE_PAGES = 16384, /* what scattered pages are scattered in: 64 MiB */
	BATCH_MAX = 256,
	N_TMPFS = 16, /* batches of one sample; of a disk, 1 */
};

/* A way to write a batch. */
struct way {
	char *memory; /* the file, mapped */
	int fd;
	struct ops ops;
	size_t pages, repeat;
	bool dense;
	size_t at[BATCH_MAX]; /* the pages of this round */
};

static void draw(void *job, unsigned round)
{
	struct way *way = job;
	uint64_t state = 1 + round;

	/* one page in each part of the file, so that none comes twice; in no order (37 is odd) */
	for (size_t i = 0; i < way->pages; i++) {
		size_t part = FILE_PAGES / way->pages;
		size_t which = (i * 37 + round) % way->pages;

		way->at[i] = way->dense ? round % 64 * BATCH_MAX + i
		                        : which * part + (random_next(&state) >> 8) % part;
	}
}

static void store(const struct way *way)
{
	for (size_t i = 0; i < way->pages; i++)
		++*(volatile char *)(way->memory + way->at[i] * PAGE);
}

static void by_functions(const struct side *side)
{
	const struct way *way = side->job;

	for (size_t n = 0; n < way->repeat; n++) {
		for (size_t i = 0; i < way->pages; i++) {
			char *at = way->memory + way->at[i] * PAGE;

			++*(volatile char *)at;
			way->ops.flush(at, 8);
		}
		way->ops.drain();
	}
}

static void by_fdatasync(const struct side *side)
{
	const struct way *way = side->job;

	for (size_t n = 0; n < way->repeat; n++) {
		store(way);
		if (fdatasync(way->fd) != 0)
			err(1, "fdatasync");
	}
}

/* one call where the pages are neighbours */
static void by_msync(const struct side *side)
{
	const struct way *way = side->job;
	size_t calls = way->dense ? 1 : way->pages;

	for (size_t n = 0; n < way->repeat; n++) {
		store(way);
		for (size_t i = 0; i < calls; i++)
			if (msync(way->memory + way->at[i] * PAGE,
				    way->dense ? way->pages * PAGE : PAGE, MS_SYNC) != 0)
				err(1, "msync");
	}
}

/* so that no sample has a page's first fault */
static void touch(const struct way *way)
{
	for (size_t i = 0; i < FILE_PAGES; i++)
		(void)*(volatile char *)(way->memory + i * PAGE);
}

static void map_way(struct way *way, const struct library *lib, int fd, bool deferred)
{
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	library_check(lib, lib->source_from_fd(&src, fd), "pmem2_source_from_fd");
	library_check(lib, lib->config_new(&cfg), "pmem2_config_new");
	lib->config_set_granularity(cfg, PMEM2_GRANULARITY_PAGE);
	if (deferred) {
		int (*set)(struct pmem2_config *, int);
		void *symbol = dlsym(lib->handle, "pmem2_config_set_deferred_flush");

		if (symbol == NULL)
			errx(1, "%s cannot defer flushes", lib->name);
		memcpy(&set, &symbol, sizeof(set));
		library_check(lib, set(cfg, 1), "pmem2_config_set_deferred_flush");
	}
	library_check(lib, lib->map_new(&map, cfg, src), "pmem2_map_new");
	lib->config_delete(&cfg);
	lib->source_delete(&src);
	*way = (struct way){.memory = lib->map_get_address(map), .fd = fd};
	way->ops.flush = lib->get_flush_fn(map);
	way->ops.drain = lib->get_drain_fn(map);
	touch(way);
}

static void map_by_hand(struct way *way, int fd)
{
	size_t size = (size_t)FILE_PAGES * PAGE;

	*way = (struct way){.fd = fd};
	way->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (way->memory == MAP_FAILED)
		err(1, "mmap");
	touch(way);
}

struct ways {
	struct way deferred, plain, peer, by_hand;
};

static void compare(struct bench *bench, const struct row *row, struct way *a, struct way *b,
	void (*other)(const struct side *side), size_t repeat)
{
	struct way *two[2] = {a, b};
	struct work work = {
		.prepare = draw,
		.sides = {{.run = by_functions, .job = a}, {.run = other, .job = b}},
		.count = repeat,
	};

	for (int i = 0; i < 2; i++) {
		two[i]->pages = row->size;
		two[i]->repeat = repeat;
		two[i]->dense = strcmp(row->place, "dense") == 0;
	}
	bench_row(bench, row, &work);
}

static void batch_rows(struct bench *bench, struct ways *ways, const char *where, size_t repeat)
{
	static const size_t sizes[] = {1, 4, 16, 64, 256};
	static const char *const places[] = {"dense", "scattered"};

	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct row row = {"batch", "deferred / default", places[p], where,
				sizes[i]};

			compare(bench, &row, &ways->deferred, &ways->plain, by_functions, repeat);
			row.op = "deferred / peer";
			compare(bench, &row, &ways->deferred, &ways->peer, by_functions, repeat);
			row.op = "deferred / msync";
			compare(bench, &row, &ways->deferred, &ways->by_hand, by_msync, repeat);
			row.op = "deferred / fdatasync";
			compare(bench, &row, &ways->deferred, &ways->by_hand, by_fdatasync, repeat);
		}
}

static int batch_file(const char *dir)
{
	static char ones[1 << 20];
	char path[4096];

	snprintf(path, sizeof(path), "%s/pmem2-bench.XXXXXX", dir);
	int fd = mkstemp(path);
	if (fd < 0)
		err(1, "%s", path);
	unlink(path);
	memset(ones, 1, sizeof(ones));
	for (size_t n = 0; n < FILE_PAGES * (size_t)PAGE; n += sizeof(ones))
		if (write(fd, ones, sizeof(ones)) != sizeof(ones))
			err(1, "%s", path);
	fsync(fd);
	return fd;
}

static void in_directory(struct bench *bench, const char *dir, const char *where, size_t repeat)
{
	struct ways ways;
	int fd = batch_file(dir);

	map_way(&ways.deferred, &bench->ours[CONTRACT_DURABLE], fd, true);
	map_way(&ways.plain, &bench->ours[CONTRACT_DURABLE], fd, false);
	map_way(&ways.peer, &bench->peer[CONTRACT_DURABLE], fd, false);
	map_by_hand(&ways.by_hand, fd);
	batch_rows(bench, &ways, where, repeat);
	close(fd);
}

void batch_group(struct bench *bench)
{
	if (!bench_wants(bench, "batch"))
		return;
	library_force_granularity(PMEM2_GRANULARITY_PAGE);
	in_directory(bench, "/dev/shm", "tmpfs", N_TMPFS);
	if (bench->disk_dir != NULL)
		in_directory(bench, bench->disk_dir, "disk", 1);
	library_force_granularity(PMEM2_GRANULARITY_CACHE_LINE);
}
