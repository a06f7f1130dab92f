/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * badblocks.c -- bad blocks of files, end to end, on a file system whose device can be told to have
 * some.
 *
 * BB_DIR is on it, BB_DEVICE is the whole device (/dev/pmem1), BB_START the sector of it where the
 * file system begins; /inject.sh makes BB_NAMESPACE's sectors bad.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../unit_run.h"
#include "bad.h"

#define EXTENTS 16
#define FILLING 0xa5

/* ---- the storage ---- */

static char path[256];
static int file = -1;
static struct pmem2_source *source;

static struct {
	uint64_t sector[BLOCKS];
	unsigned count;
} injected;

static int new_file(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", setting("BB_DIR"), name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

static void fill(int fd, unsigned block, unsigned count)
{
	static char data[BLOCKS * BLOCK];

	memset(data, FILLING, sizeof(data));
	ck_assert_int_eq(pwrite(fd, data, count * BLOCK, (off_t)(block * BLOCK)), count * BLOCK);
	ck_assert_int_eq(fsync(fd), 0);
}

/* The caller frees. */
static struct fiemap *get_extents(int fd)
{
	struct fiemap *map = calloc(1, sizeof(*map) + EXTENTS * sizeof(struct fiemap_extent));

	ck_assert_ptr_nonnull(map);
	map->fm_length = FIEMAP_MAX_OFFSET;
	map->fm_flags = FIEMAP_FLAG_SYNC;
	map->fm_extent_count = EXTENTS;
	ck_assert_int_eq(ioctl(fd, FS_IOC_FIEMAP, map), 0);
	return map;
}

/* the sector of the whole device that holds a block of the file */
static uint64_t sector_of(int fd, unsigned block)
{
	struct fiemap *map = get_extents(fd);
	const struct fiemap_extent *e = map->fm_extents, *end = e + map->fm_mapped_extents;

	while (e < end && block * BLOCK >= e->fe_logical + e->fe_length)
		e++;
	ck_assert_msg(e < end && block * BLOCK >= e->fe_logical, "block %u is in no extent", block);
	uint64_t sector = (e->fe_physical + block * BLOCK - e->fe_logical) / SECTOR;

	free(map);
	return sector + strtoull(setting("BB_START"), NULL, 10);
}

static void inject(int fd, const unsigned *blocks, unsigned count)
{
	uint64_t *first = injected.sector + injected.count;

	for (unsigned i = 0; i < count; i++)
		injected.sector[injected.count++] = sector_of(fd, blocks[i]);
	bad_make(first, count);
}

static void setup(void)
{
	memset(&injected, 0, sizeof(injected));
	file = new_file("bad");
	ck_assert_int_eq(pmem2_source_from_fd(&source, file), 0);
}

/* Overwrites what was made bad through the device, so that no later test finds it in free space. */
static void heal(void)
{
	int device = open(setting("BB_DEVICE"), O_RDWR | O_DIRECT | O_SYNC);
	char *zeros = aligned_alloc(BLOCK, BLOCK);

	ck_assert_int_ge(device, 0);
	memset(zeros, 0, BLOCK);
	for (unsigned i = 0; i < injected.count; i++)
		ck_assert_int_eq(pwrite(device, zeros, BLOCK, (off_t)(injected.sector[i] * SECTOR)),
			BLOCK);
	free(zeros);
	close(device);
}

static void teardown(void)
{
	pmem2_source_delete(&source);
	ck_assert_int_eq(ftruncate(file, 0), 0);
	fsync(file);
	close(file);
	sync();
	heal();
}

/* ---- what the library says ---- */

static void assert_block_holds(unsigned block, int value)
{
	unsigned char data[BLOCK];
	int rc = pmem2_source_pread_mcsafe(source, data, BLOCK, block * BLOCK);

	ck_assert_msg(rc == 0, "block %u: %d %s", block, rc, pmem2_errormsg());
	for (size_t i = 0; i < BLOCK; i++)
		ck_assert_int_eq(data[i], value);
}

/* ---- a load ---- */

static sigjmp_buf on_bus_error;

static void bus_error(int signal)
{
	siglongjmp(on_bus_error, signal);
}

static bool load_faults(const volatile char *at)
{
	struct sigaction action = {.sa_handler = bus_error}, before;
	volatile bool faulted = true;

	sigaction(SIGBUS, &action, &before);
	if (sigsetjmp(on_bus_error, 1) == 0) {
		(void)*at;
		faulted = false;
	}
	sigaction(SIGBUS, &before, NULL);
	return faulted;
}

static struct pmem2_map *map_file(void)
{
	struct pmem2_config *config;
	struct pmem2_map *map;

	ck_assert_int_eq(pmem2_config_new(&config), 0);
	ck_assert_int_eq(pmem2_config_set_required_store_granularity(config,
				 PMEM2_GRANULARITY_CACHE_LINE),
		0);
	int rc = pmem2_map_new(&map, config, source);

	ck_assert_msg(rc == 0, "%d %s", rc, pmem2_errormsg());
	pmem2_config_delete(&config);
	return map;
}

/* ---- tests ---- */

static const unsigned middle[] = {2};

START_TEST(nothing_bad)
{
	fill(file, 0, 4);
	bad_assert(source, NULL, 0);
}
END_TEST

/* A file system gives and takes whole blocks, so that is what is lost. */
START_TEST(widened_to_the_block)
{
	struct pmem2_badblock bad;

	fill(file, 0, 4);
	inject(file, middle, 1);
	struct pmem2_badblock_context *context = bad_context(source);

	ck_assert_int_eq(pmem2_badblock_next(context, &bad), 0);
	ck_assert_uint_eq(bad.offset, 2 * BLOCK);
	ck_assert_uint_eq(bad.length, BLOCK);
	ck_assert_int_eq(pmem2_badblock_next(context, &bad), PMEM2_E_NO_BAD_BLOCK_FOUND);
	pmem2_badblock_context_delete(&context);
}
END_TEST

START_TEST(load_faults_and_mcsafe_fails)
{
	char data[3 * BLOCK];

	fill(file, 0, 4);
	inject(file, middle, 1);
	struct pmem2_map *map = map_file();
	const char *start = pmem2_map_get_address(map);

	ck_assert(!load_faults(start + BLOCK));
	ck_assert(load_faults(start + 2 * BLOCK));
	ck_assert(!load_faults(start + 3 * BLOCK));
	pmem2_map_delete(&map);

	assert_block_holds(1, FILLING);
	assert_block_holds(3, FILLING);
	ck_assert_int_eq(pmem2_source_pread_mcsafe(source, data, 1, 2 * BLOCK + 4 * SECTOR),
		PMEM2_E_IO_FAIL);
	ck_assert_int_eq(pmem2_source_pread_mcsafe(source, data, sizeof(data), BLOCK),
		PMEM2_E_IO_FAIL);
}
END_TEST

START_TEST(cleared_reads_zeros)
{
	fill(file, 0, 4);
	inject(file, middle, 1);
	bad_assert(source, middle, 1);
	bad_clear_all(source);
	bad_assert(source, NULL, 0);
	assert_block_holds(1, FILLING);
	assert_block_holds(2, 0);
	assert_block_holds(3, FILLING);

	struct pmem2_map *map = map_file();

	ck_assert(!load_faults((char *)pmem2_map_get_address(map) + 2 * BLOCK));
	ck_assert_uint_eq(pmem2_map_get_size(map), 4 * BLOCK);
	pmem2_map_delete(&map);
}
END_TEST

/* The context is a list of the moment it was made. */
START_TEST(context_is_a_snapshot)
{
	fill(file, 0, 4);
	struct pmem2_badblock_context *before = bad_context(source);

	inject(file, middle, 1);
	ck_assert_uint_eq(bad_reported(before), 0);
	pmem2_badblock_context_delete(&before);
	bad_assert(source, middle, 1);
}
END_TEST

/* They are made bad, found, cleared, and found no more. */
static void is_bad_until_cleared(const unsigned *blocks, unsigned count)
{
	inject(file, blocks, count);
	bad_assert(source, blocks, count);
	bad_clear_all(source);
	bad_assert(source, NULL, 0);
}

START_TEST(first_and_last_block)
{
	const unsigned ends[] = {0, 7};

	fill(file, 0, 8);
	is_bad_until_cleared(ends, 2);
	assert_block_holds(0, 0);
	assert_block_holds(1, FILLING);
	assert_block_holds(7, 0);
}
END_TEST

START_TEST(neighbouring_blocks)
{
	const unsigned blocks[] = {3, 4, 5};

	fill(file, 0, 8);
	is_bad_until_cleared(blocks, 3);
}
END_TEST

/* Two files that grow in turns lie in pieces. */
START_TEST(several_extents)
{
	const unsigned blocks[] = {1, 6, 15, 16, 31};
	int other = new_file("other");

	for (unsigned block = 0; block < 32; block += 8) {
		fill(file, block, 8);
		fill(other, block, 8);
	}
	struct fiemap *map = get_extents(file);

	ck_assert_msg(map->fm_mapped_extents >= 3, "%u extents", map->fm_mapped_extents);
	free(map);
	is_bad_until_cleared(blocks, 5);
	assert_block_holds(0, FILLING);
	assert_block_holds(15, 0);
	unlink(path);
	close(other);
}
END_TEST

START_TEST(another_files_block_is_not_ours)
{
	int other = new_file("other");

	fill(file, 0, 4);
	fill(other, 0, 4);
	inject(other, middle, 1);
	bad_assert(source, NULL, 0);
	unlink(path);
	close(other);
}
END_TEST

START_TEST(file_with_holes)
{
	const unsigned blocks[] = {9, 40};

	fill(file, 8, 4);
	fill(file, 40, 4);
	is_bad_until_cleared(blocks, 2);
	assert_block_holds(0, 0);
	assert_block_holds(8, FILLING);
	assert_block_holds(9, 0);
	assert_block_holds(40, 0);
	assert_block_holds(41, FILLING);
}
END_TEST

/* Allocated and never written: the first store goes to a bad block. */
START_TEST(unwritten_extent)
{
	const unsigned blocks[] = {1, 5};

	ck_assert_int_eq(fallocate(file, 0, 0, 8 * BLOCK), 0);
	fill(file, 0, 2);
	is_bad_until_cleared(blocks, 2);
}
END_TEST

/* The last block is bad in a part that the file's size does not reach. */
START_TEST(odd_size)
{
	const unsigned last[] = {2};

	fill(file, 0, 3);
	ck_assert_int_eq(ftruncate(file, 2 * BLOCK + 100), 0);
	is_bad_until_cleared(last, 1);

	size_t size;

	ck_assert_int_eq(pmem2_source_size(source, &size), 0);
	ck_assert_uint_eq(size, 2 * BLOCK + 100);
}
END_TEST

START_TEST(mcsafe_write_repairs_or_fails)
{
	char data[BLOCK];

	fill(file, 0, 4);
	inject(file, middle, 1);
	memset(data, 0x3c, sizeof(data));
	int rc = pmem2_source_pwrite_mcsafe(source, data, sizeof(data), 2 * BLOCK);

	if (rc == 0)
		assert_block_holds(2, 0x3c);
	else
		ck_assert_int_eq(rc, PMEM2_E_IO_FAIL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {nothing_bad, widened_to_the_block,
		load_faults_and_mcsafe_fails, cleared_reads_zeros, context_is_a_snapshot,
		first_and_last_block, neighbouring_blocks, several_extents,
		another_files_block_is_not_ours, file_with_holes, unwritten_extent, odd_size,
		mcsafe_write_repairs_or_fails, NULL};

	return unit_run_with("bad blocks", tests, setup, teardown);
}
