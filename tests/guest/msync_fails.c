/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * msync_fails.c -- writeback that really fails (disk.h). What the kernel then says is asserted too, for the library
 * keeps errors because of it.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
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
	disk_writes_work();
	pmem2_map_delete(&map);
	close(fd);
}

/* The kernel says that all is well, and the device has the old content. */
static void assert_kernel_forgets(void)
{
	disk_forget(fd);
	ck_assert_int_eq(msync(at, DISK_SIZE, MS_SYNC), 0);
	ck_assert_int_eq(at[0], NEW);
	ck_assert_int_eq(disk_holds(0), OLD);
}

static void assert_stays_in_error(struct pmem2_map *in)
{
	char *start = pmem2_map_get_address(in);

	ck_assert_int_eq(pmem2_map_error(in), -EIO);
	ck_assert_int_eq(pmem2_map_persist(in, start, DISK_SIZE), -EIO);
	ck_assert_int_eq(pmem2_map_flush(in, start, 1), -EIO);
	ck_assert_int_eq(pmem2_map_drain(in), -EIO);
	ck_assert_int_eq(pmem2_map_memset(in, start + 3 * DISK_BLOCK, NEW, 1, 0), -EIO);
	ck_assert_int_eq(pmem2_deep_flush(in, start, DISK_SIZE), -EIO);
	ck_assert_int_eq(pmem2_map_error(in), -EIO);
}

/* ---- told by a result ---- */

START_TEST(an_error_is_returned_and_stays)
{
	disk_writes_fail();
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_persist(map, at, DISK_SIZE), -EIO);
	disk_writes_work();
	assert_kernel_forgets();
	assert_stays_in_error(map);
	ck_assert_int_eq(disk_holds(0), OLD);
}
END_TEST

START_TEST(stored_again_and_cleared_it_is_durable)
{
	disk_writes_fail();
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), -EIO);
	disk_writes_work();
	disk_forget(fd);
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_clear_error(map), 0);
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), 0);
	ck_assert_int_eq(pmem2_map_error(map), 0);
	ck_assert_int_eq(disk_holds(0), NEW);
}
END_TEST

START_TEST(an_error_of_the_flush_before_is_the_drains_too)
{
	disk_writes_fail();
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_flush(map, at, 1), -EIO);
	disk_writes_work();
	ck_assert_int_eq(pmem2_map_drain(map), -EIO);
	ck_assert_int_eq(pmem2_map_persist(map, at + DISK_BLOCK, 1), -EIO);
}
END_TEST

START_TEST(every_map_of_the_file_is_in_error)
{
	struct pmem2_map *other = disk_map(fd, false);

	disk_writes_fail();
	at[0] = NEW;
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), -EIO);
	disk_writes_work();
	assert_stays_in_error(other);
	ck_assert_int_eq(pmem2_map_clear_error(other), 0);
	ck_assert_int_eq(pmem2_map_error(map), -EIO);
	pmem2_map_delete(&other);
}
END_TEST

/* Whoever had it written: the error is told through each descriptor that was open. */
START_TEST(an_error_that_another_program_met_is_told_here_too)
{
	int other = disk_open(O_RDWR);

	disk_writes_fail();
	at[0] = NEW;
	ck_assert_int_eq(fdatasync(other), -1);
	ck_assert_int_eq(errno, EIO);
	disk_writes_work();
	disk_forget(other);
	ck_assert_int_eq(pmem2_map_persist(map, at, 1), -EIO);
	assert_kernel_forgets();
	assert_stays_in_error(map);
	close(other);
}
END_TEST

START_TEST(a_deferred_flush_fails_at_the_drain)
{
	struct pmem2_map *later = disk_map(fd, true);
	char *start = pmem2_map_get_address(later);

	disk_writes_fail();
	start[0] = NEW;
	ck_assert_int_eq(pmem2_map_flush(later, start, 1), 0);
	ck_assert_int_eq(pmem2_map_drain(later), -EIO);
	disk_writes_work();
	ck_assert_int_eq(pmem2_map_drain(later), -EIO);
	assert_stays_in_error(later);
	pmem2_map_delete(&later);
}
END_TEST

/* ---- told to a handler ---- */

static struct {
	unsigned calls;
	const struct pmem2_map *map;
	const char *address;
	size_t length;
	int error;
} told;

static enum pmem2_flush_error_action handler(struct pmem2_map *of, const void *addr, size_t len,
	int error, void *arg)
{
	ck_assert_ptr_eq(arg, &told);
	told.calls++;
	told.map = of;
	told.address = addr;
	told.length = len;
	told.error = error;
	return PMEM2_FLUSH_ERROR_GO_ON;
}

static void assert_told(unsigned calls, const char *address, size_t length)
{
	ck_assert_uint_eq(told.calls, calls);
	ck_assert_ptr_eq(told.map, map);
	ck_assert_ptr_eq(told.address, address);
	ck_assert_uint_eq(told.length, length);
	ck_assert_int_eq(told.error, EIO);
}

static void goes_on(void)
{
	disk_writes_fail();
	at[DISK_BLOCK] = NEW;
	pmem2_get_persist_fn(map)(at + DISK_BLOCK, 100);
	assert_told(1, at + DISK_BLOCK, 100);
	disk_writes_work();
	pmem2_get_persist_fn(map)(at + DISK_BLOCK, 50); /* msync says 0 */
	assert_told(2, at + DISK_BLOCK, 50);
	pmem2_get_memset_fn(map)(at + 2 * DISK_BLOCK, NEW, 10, 0);
	assert_told(3, at + 2 * DISK_BLOCK, 10);
	assert_stays_in_error(map);
	ck_assert_int_eq(disk_holds(1), OLD);
}

START_TEST(the_processs_handler_goes_on)
{
	ck_assert_int_eq(pmem2_set_flush_error_handler(handler, &told), 0);
	goes_on();
}
END_TEST

START_TEST(the_maps_handler_goes_on)
{
	ck_assert_int_eq(pmem2_map_set_flush_error_handler(map, handler, &told), 0);
	goes_on();
}
END_TEST

/* ---- told to nobody ---- */

START_TEST(without_a_handler_it_aborts_with_a_sentence)
{
	char said[512] = "";
	int ends[2], status;

	disk_writes_fail();
	at[0] = NEW;
	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();

	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		pmem2_get_persist_fn(map)(at, 1);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_gt(read(ends[0], said, sizeof(said) - 1), 0);
	close(ends[0]);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %x", status);
	ck_assert_msg(strstr(said, "libpmem2: msync of 1 bytes") == said &&
			      strstr(said, "failed: Input/output error; they may be lost") != NULL,
		"%s", said);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_error_is_returned_and_stays,
		stored_again_and_cleared_it_is_durable,
		an_error_of_the_flush_before_is_the_drains_too,
		every_map_of_the_file_is_in_error,
		an_error_that_another_program_met_is_told_here_too,
		a_deferred_flush_fails_at_the_drain,
		the_processs_handler_goes_on,
		the_maps_handler_goes_on,
		without_a_handler_it_aborts_with_a_sentence,
		NULL,
	};

	return unit_run_with("msync_fails", tests, setup, teardown);
}
