/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * watcher.c -- a third party's backend, dropped into a directory: it serves everything with plain
 * stores, and writes what its hooks see to the file that WATCHER_LOG names. It is no example:
 * nothing here makes anything durable.
 */
#include <libpmem2/backend.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct pmem2_tuning tuning = {.movnt_threshold = 4321};

static void nothing(const void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
}

static void drain(void)
{
}

static void *move(void *dest, const void *src, size_t len, unsigned flags)
{
	(void)flags;
	return memmove(dest, src, len);
}

static void *set(void *dest, int c, size_t len, unsigned flags)
{
	(void)flags;
	return memset(dest, c, len);
}

static const struct pmem2_variant plain = {
	.name = "watcher-plain",
	.serves = PMEM2_SERVES_BYTE | PMEM2_SERVES_CACHE_LINE | PMEM2_SERVES_PAGE |
                  PMEM2_SERVES_VOLATILE,
	.persist = nothing,
	.flush = nothing,
	.drain = drain,
	.deep_persist = nothing,
	.memmove = move,
	.memset = set,
};

/* best first, and nobody's CPU has this */
static const struct pmem2_variant impossible = {
	.name = "watcher-impossible",
	.needs = UINT64_C(1) << 63,
	.serves = PMEM2_SERVES_BYTE | PMEM2_SERVES_CACHE_LINE | PMEM2_SERVES_PAGE |
                  PMEM2_SERVES_VOLATILE,
	.persist = nothing,
	.flush = nothing,
	.drain = drain,
	.deep_persist = nothing,
	.memmove = move,
	.memset = set,
};

static FILE *open_log(void)
{
	const char *path = getenv("WATCHER_LOG");
	return path ? fopen(path, "ae") : NULL;
}

/* "attach ADDRESS LENGTH OFFSET INODE GRANULARITY FIRST": inode 0: no descriptor; the first byte */
static void write_log(const char *event, const struct pmem2_attached *map)
{
	struct stat st = {0};
	FILE *log = open_log();
	if (!log)
		return;
	if (map->fd >= 0 && fstat(map->fd, &st))
		st.st_ino = 1;
	fprintf(log, "%s %p %zu %zu %lu %d %d\n", event, map->address, map->length, map->offset,
		(unsigned long)st.st_ino, (int)map->granularity,
		map->length ? *(volatile char *)map->address : 0);
	fclose(log);
}

static int attach(const struct pmem2_attached *map)
{
	const char *returned = getenv("WATCHER_RETURNS");

	write_log("attach", map);
	return returned ? (int)strtol(returned, NULL, 0) : 0;
}

static void detach(const struct pmem2_attached *map)
{
	write_log("detach", map);
	FILE *log = open_log();
	if (!log)
		return;
	fprintf(log, "tuning %zu %zu %u\n", tuning.movnt_threshold, tuning.line_size,
		tuning.nt_evicts);
	fclose(log);
}

static const struct pmem2_variant *const variants[] = {&impossible, &plain, NULL};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "watcher",
	.variants = variants,
	.tuning = &tuning,
	.attach = attach,
	.detach = detach,
};
