/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * read_only.c aborted | forced -- a file system (disk.h) that becomes read-only under a map: because its journal could not
 * be written, or because an administrator has forced it. Only one of the two can be told by msync(2).
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <libpmem2.h>
#include <libpmem2/extra.h>

#include "../unit_run.h"
#include "disk.h"

static int fd = -1;
static struct pmem2_map *map;
static char *at;

static void setup(void)
{
	fd = disk_file();
	map = disk_map(fd, false);
	at = pmem2_map_get_address(map);
}

static void teardown(void)
{
	pmem2_map_delete(&map);
	close(fd);
}

/* ---- after an error ---- */

static void abort_journal(void)
{
	disk_writes_fail();
	ck_assert_int_eq(fchmod(fd, 0640), 0);
	ck_assert_int_eq(fsync(fd), -1);
	disk_writes_work();
}

/* The store is possible, and its flush says that it has failed, in every map. */
START_TEST(after_an_error_each_flush_fails)
{
	abort_journal();
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), -EROFS);
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), -EROFS);
	ck_assert_int_eq(pmem2_map_error(map), -EROFS);
	ck_assert_int_eq(pmem2_deep_flush(map, at, 1), -EROFS);
	ck_assert_int_eq(pmem2_map_clear_error(map), 0);
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), -EROFS);

	struct pmem2_map *later = disk_map(fd, true);
	char *start = pmem2_map_get_address(later);

	start[DISK_BLOCK] = NEW;
	ck_assert_int_eq(pmem2_map_flush(later, start + DISK_BLOCK, 1), 0);
	ck_assert_int_eq(pmem2_map_drain(later), -EROFS);
	pmem2_map_delete(&later);
	ck_assert_int_eq(disk_holds(0), OLD);
	ck_assert_int_eq(disk_holds(1), OLD);
}
END_TEST

/* ---- forced ---- */

START_TEST(a_remount_is_refused_as_long_as_the_map_is_there)
{
	const char *directory = getenv("DISK_DIR");

	close(fd);
	ck_assert_int_eq(mount(NULL, directory, NULL, MS_REMOUNT | MS_RDONLY, NULL), -1);
	ck_assert_int_eq(errno, EBUSY);
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), 0);
	ck_assert_int_eq(disk_holds(0), NEW);
	fd = disk_open(O_RDONLY);
}
END_TEST

static void force_read_only(void)
{
	struct statvfs status;

	ck_assert_int_eq(system("echo u >/proc/sysrq-trigger"), 0);
	do
		ck_assert_int_eq(fstatvfs(fd, &status), 0);
	while ((status.f_flag & ST_RDONLY) == 0);
}

/*
 * The kernel accepts the store, says that all is written, and writes nothing. No system call on a mapping tells. The
 * manual says so, libpmem2(7); a kernel that tells is welcome, and would be seen here.
 */
START_TEST(what_is_stored_after_it_is_lost_without_a_word)
{
	at[0] = NEW;
	force_read_only();
	ck_assert_int_eq(disk_holds(0), NEW); /* what was stored before is written */

	at[DISK_BLOCK] = NEW;
	ck_assert_int_eq(msync(at, DISK_SIZE, MS_SYNC), 0);
	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_eq(pmem2_map_persist(map, at + DISK_BLOCK, 1), 0);
	ck_assert_int_eq(disk_holds(1), OLD);
}
END_TEST

int main(int argc, char *argv[])
{
	const TTest *const aborted[] = {after_an_error_each_flush_fails, NULL};
	const TTest *const forced[] = {
		a_remount_is_refused_as_long_as_the_map_is_there,
		what_is_stored_after_it_is_lost_without_a_word,
		NULL,
	};

	if (argc != 2) {
		fprintf(stderr, "usage: read_only aborted | forced\n");
		return 2;
	}
	return unit_run_with("read_only", strcmp(argv[1], "aborted") == 0 ? aborted : forced, setup,
		teardown);
}
