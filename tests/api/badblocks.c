/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * badblocks.c -- bad blocks of files that are on no NVDIMM.
 */
#include "api.h"

static struct pmem2_badblock_context *context(int fd)
{
	struct pmem2_source *src = api_source(fd);
	struct pmem2_badblock_context *ctx = NULL;
	works(pmem2_badblock_context_new(&ctx, src));
	ck_assert_ptr_nonnull(ctx);
	return ctx;
}

static int filled_file(size_t size)
{
	int fd = api_file(size);
	char *all = malloc(size);
	memset(all, 'x', size);
	ck_assert_int_eq(pwrite(fd, all, size, 0), (ssize_t)size);
	free(all);
	return fd;
}

START_TEST(ordinary_file_has_no_bad_block)
{
	struct pmem2_badblock_context *ctx = context(filled_file(4 * PAGE));
	struct pmem2_badblock bb = {1, 2};
	for (int i = 0; i < 2; i++)
		fails(pmem2_badblock_next(ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND);
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(clear_punches_the_range_and_allocates_it_again)
{
	int fd = filled_file(4 * PAGE + 17);
	struct stat before, after;
	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_eq(fstat(fd, &before), 0);
	struct pmem2_badblock bb = {PAGE, 2 * PAGE};
	works(pmem2_badblock_clear(context(fd), &bb));
	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_eq(fstat(fd, &after), 0);
	ck_assert_int_eq(after.st_size, before.st_size);
	ck_assert_int_eq(after.st_blocks, before.st_blocks);
	for (size_t i = 0; i < 4 * PAGE + 17; i++)
		ck_assert_int_eq(api_byte(fd, i), i / PAGE == 1 || i / PAGE == 2 ? 0 : 'x');
}
END_TEST

START_TEST(clear_beyond_int64_max_is_out_of_range)
{
	struct pmem2_badblock_context *ctx = context(filled_file(PAGE));
	const size_t over = (size_t)INT64_MAX + 1;
	struct pmem2_badblock offset = {over, PAGE}, length = {0, over}, both = {over, over};
	fails(pmem2_badblock_clear(ctx, &offset), PMEM2_E_OFFSET_OUT_OF_RANGE);
	fails(pmem2_badblock_clear(ctx, &length), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_badblock_clear(ctx, &both), PMEM2_E_OFFSET_OUT_OF_RANGE);
}
END_TEST

START_TEST(clear_of_length_0_is_einval)
{
	struct pmem2_badblock bb = {0, 0};
	fails(pmem2_badblock_clear(context(filled_file(PAGE)), &bb), -EINVAL);
}
END_TEST

START_TEST(context_may_outlive_the_source)
{
	int fd = filled_file(PAGE);
	struct pmem2_source *src = api_source(fd);
	struct pmem2_badblock_context *ctx;
	works(pmem2_badblock_context_new(&ctx, src));
	works(pmem2_source_delete(&src));
	struct pmem2_badblock bb = {0, PAGE};
	works(pmem2_badblock_clear(ctx, &bb));
	ck_assert_int_eq(api_byte(fd, 0), 0);
	fails(pmem2_badblock_next(ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND);
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(context_delete_leaves_null_and_takes_null)
{
	struct pmem2_badblock_context *ctx = context(filled_file(PAGE));
	for (int i = 0; i < 2; i++) {
		pmem2_badblock_context_delete(&ctx);
		ck_assert_ptr_null(ctx);
	}
}
END_TEST

START_TEST(read_only_descriptor_cannot_clear)
{
	int fd = filled_file(PAGE);
	struct pmem2_badblock bb = {0, PAGE};
	fails(pmem2_badblock_clear(context(api_reopen(fd, O_RDONLY)), &bb), -EBADF);
	ck_assert_int_eq(api_byte(fd, 0), 'x');
}
END_TEST

START_TEST(tmpfs_has_no_bad_block_either)
{
	int fd = api_file_in(api_shm(), PAGE);
	struct pmem2_badblock bb = {0, PAGE};
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), 1);
	struct pmem2_badblock_context *ctx = context(fd);
	fails(pmem2_badblock_next(ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND);
	works(pmem2_badblock_clear(ctx, &bb));
	ck_assert_int_eq(api_byte(fd, 0), 0);
}
END_TEST

API_MAIN("badblocks", ordinary_file_has_no_bad_block,
	clear_punches_the_range_and_allocates_it_again, clear_beyond_int64_max_is_out_of_range,
	clear_of_length_0_is_einval, context_may_outlive_the_source,
	context_delete_leaves_null_and_takes_null, read_only_descriptor_cannot_clear,
	tmpfs_has_no_bad_block_either)
