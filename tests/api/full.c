/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * full.c DIRECTORY writeback|tmpfs|ext4 -- failures of the kernel itself: DIRECTORY is on a file system without room for what
 * is stored. full.sh makes it. Prints what happened; ends with 1 if a success was told that was none.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libpmem2.h>
#include <libpmem2/extra.h>

enum { SIZE = 16 << 20 };

static void check(int ret, const char *what)
{
	if (ret != 0)
		errx(2, "%s: %s", what, pmem2_errormsg());
}

static struct pmem2_map *map_of(int fd)
{
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	check(pmem2_source_from_fd(&src, fd), "source");
	check(pmem2_config_new(&cfg), "config");
	check(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE), "config");
	check(pmem2_map_new(&map, cfg, src), "map");
	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	return map;
}

static int open_in(const char *directory)
{
	if (chdir(directory) != 0)
		err(2, "%s", directory);
	int fd = open("file", O_RDWR | O_CREAT, 0666);
	if (fd < 0)
		err(2, "file");
	return fd;
}

static void must(bool holds, const char *what)
{
	printf("%s: %s\n", holds ? "ok" : "FAIL", what);
	fflush(stdout);
	if (!holds)
		exit(1);
}

static int handled;

static enum pmem2_flush_error_action handler(struct pmem2_map *map, const void *addr, size_t len,
	int error, void *arg)
{
	(void)map;
	(void)addr;
	(void)len;
	(void)arg;
	handled = error;
	return PMEM2_FLUSH_ERROR_GO_ON;
}

/* What the kernel itself says the second time is what this is about. */
static void writeback_fails(const char *directory)
{
	int fd = open_in(directory);
	struct pmem2_map *a, *b, *c;

	if (ftruncate(fd, SIZE) != 0)
		err(2, "ftruncate");
	errno = posix_fallocate(fd, 0, SIZE); /* there is room, as far as this file system knows */
	if (errno != 0)
		err(2, "posix_fallocate");
	fsync(fd);
	a = map_of(fd);
	b = map_of(fd);
	memset(pmem2_map_get_address(a), 1, SIZE / 2);
	memset((char *)pmem2_map_get_address(b) + SIZE / 2, 2, SIZE / 2);

	int first = pmem2_deep_flush(a, pmem2_map_get_address(a), SIZE / 2);
	printf("the first: %s\n", first != 0 ? pmem2_errormsg() : "0");
	must(first < 0, "the first flush says that it failed");
	int kernel = msync(pmem2_map_get_address(a), SIZE / 2, MS_SYNC);
	printf("the kernel then says: %s\n", kernel == 0 ? "0" : strerror(errno));

	must(pmem2_deep_flush(a, pmem2_map_get_address(a), SIZE / 2) < 0, "so does the second");
	must(pmem2_deep_flush(b, pmem2_map_get_address(b), SIZE / 2) < 0, "and one of another map");
	must(pmem2_map_persist(b, pmem2_map_get_address(b), SIZE / 2) < 0, "and pmem2_map_persist");
	must(pmem2_map_error(b) < 0, "and pmem2_map_error");
	check(pmem2_set_flush_error_handler(handler, NULL), "handler");
	pmem2_get_persist_fn(b)(pmem2_map_get_address(b), SIZE / 2);
	must(handled > 0, "and persist, to its handler");
	c = map_of(fd);
	must(pmem2_map_error(c) == 0, "a map made afterwards is not in error");
	must(pmem2_map_error(a) < 0, "the old ones stay");
}

static sigjmp_buf back;

static void on_bus(int number)
{
	siglongjmp(back, number);
}

static const char *how_a_sparse_file_ends(struct pmem2_map *map)
{
	char *at = pmem2_map_get_address(map);

	signal(SIGBUS, on_bus);
	if (sigsetjmp(back, 1) != 0)
		return "SIGBUS";
	for (size_t i = 0; i < pmem2_map_get_size(map); i += 4096)
		at[i] = 1;
	if (pmem2_map_persist(map, at, pmem2_map_get_size(map)) != 0)
		return strerrorname_np(errno = -pmem2_map_error(map));
	return "nothing";
}

/* More holes than there is room. */
static void sparse(const char *directory, const char *wanted)
{
	int fd = open_in(directory);

	if (ftruncate(fd, 256 << 20) != 0)
		err(2, "ftruncate");
	const char *got = how_a_sparse_file_ends(map_of(fd));
	printf("a store to a hole of a full %s: %s\n", wanted, got);
	must(strcmp(got, "SIGBUS") == 0, "a store that finds no room is a SIGBUS");
	must(posix_fallocate(fd, 0, 256 << 20) == ENOSPC, "posix_fallocate says it before");
}

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: full DIRECTORY writeback|tmpfs|ext4");
	if (strcmp(argv[2], "writeback") == 0)
		writeback_fails(argv[1]);
	else
		sparse(argv[1], argv[2]);
	return 0;
}
