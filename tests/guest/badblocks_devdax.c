/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * badblocks_devdax.c -- bad blocks of DEVDAX, made in BB_NAMESPACE. A load does not fault there:
 * the emulation's memory is not really bad, the kernel only says so.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../unit_run.h"
#include "bad.h"

static const unsigned blocks[] = {0, 1, 7, 40};
#define COUNT (sizeof(blocks) / sizeof(*blocks))

static int device = -1;
static struct pmem2_source *source;

static void setup(void)
{
	uint64_t sectors[COUNT];

	device = open(setting("DEVDAX"), O_RDWR);
	ck_assert_int_ge(device, 0);
	ck_assert_int_eq(pmem2_source_from_fd(&source, device), 0);
	for (size_t i = 0; i < COUNT; i++)
		sectors[i] = blocks[i] * BLOCK / SECTOR;
	bad_make(sectors, COUNT);
}

static void teardown(void)
{
	bad_clear_all(source);
	pmem2_source_delete(&source);
	close(device);
}

START_TEST(listed_and_cleared)
{
	bad_assert(source, blocks, COUNT);
	bad_clear_all(source);
	bad_assert(source, NULL, 0);
}
END_TEST

/* One of several is cleared: the others stay. */
START_TEST(cleared_one_by_one)
{
	struct pmem2_badblock_context *context = bad_context(source);
	struct pmem2_badblock bad = {.offset = 7 * BLOCK, .length = BLOCK};
	const unsigned others[] = {0, 1, 40};

	ck_assert_int_eq(pmem2_badblock_clear(context, &bad), 0);
	pmem2_badblock_context_delete(&context);
	bad_assert(source, others, 3);
}
END_TEST

START_TEST(mcsafe_read_after_clear)
{
	char data[BLOCK];

	bad_clear_all(source);
	ck_assert_int_eq(pmem2_source_pread_mcsafe(source, data, BLOCK, 40 * BLOCK), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {listed_and_cleared, cleared_one_by_one,
		mcsafe_read_after_clear, NULL};

	return unit_run_with("bad blocks of a Device DAX", tests, setup, teardown);
}
