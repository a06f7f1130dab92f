/* SPDX-License-Identifier: BSD-3-Clause */
/* test_badblocks.c -- bad blocks from the kernel's list to the source, and clearing them. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "extent.h"
#include "real_file.h"
#include "registry.h"
#include "registry_list.h"
#include "unit.h"

static void set_up(void)
{
	fake_set_up();
	pmem2_registry(); /* the backends are in another directory than the module */
	setenv("PMEM2_BACKEND_DIR", FAKE_NDCTL_DIR, 1);
	unsetenv("FAKE_NDCTL");
	unsetenv("FAKE_REGION");
	unsetenv("FAKE_CLEARED");
}

/* ---- of a file: sectors are named by the block of the file that they are in ---- */

static char kernels_list[8192];

/* Sector of the disk that a block of the file begins at. */
static uint64_t sector_of(const struct pmem2_source *file, size_t block)
{
	struct pmem2_extents extents;
	uint64_t sector = 0;

	works(pmem2_extents_of(file, &extents));
	for (size_t i = 0; i < extents.count; i++) {
		const struct pmem2_extent *extent = &extents.list[i];

		if (block * BLOCK >= extent->file && block * BLOCK - extent->file < extent->length)
			sector = (extent->device + block * BLOCK - extent->file) / 512;
	}
	pmem2_extents_free(&extents);
	ck_assert_uint_ne(sector, 0);
	return sector;
}

static void add_bad(uint64_t sector, unsigned count)
{
	size_t used = strlen(kernels_list);

	snprintf(kernels_list + used, sizeof(kernels_list) - used, "%ju %u\n", (uintmax_t)sector,
		count);
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/badblocks", kernels_list);
}

static struct pmem2_badblock_context *context(const struct pmem2_source *src)
{
	struct pmem2_badblock_context *ctx = NULL;

	works(pmem2_badblock_context_new(&ctx, src));
	ck_assert_ptr_nonnull(ctx);
	return ctx;
}

/* Next is [first, first + count) in units, or nothing further. */
static void expect(struct pmem2_badblock_context *ctx, size_t unit, size_t first, size_t count)
{
	struct pmem2_badblock bb = {1, 1};

	works(pmem2_badblock_next(ctx, &bb));
	ck_assert_uint_eq(bb.offset, first * unit);
	ck_assert_uint_eq(bb.length, count * unit);
}

static void expect_end(struct pmem2_badblock_context *ctx)
{
	struct pmem2_badblock bb = {1, 1};

	for (int i = 0; i < 2; i++)
		fails(pmem2_badblock_next(ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND, "no further");
	ck_assert_uint_eq(bb.offset, 1);
	pmem2_badblock_context_delete(&ctx);
	ck_assert_ptr_null(ctx);
}

START_TEST(sectors_become_blocks_of_the_file)
{
	struct pmem2_source file = real_file(FAKE_DISK);

	real_write(file.fd, 0, 8);
	add_bad(sector_of(&file, 2) + 3, 2);
	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 2, 1);
	expect_end(ctx);
}
END_TEST

START_TEST(first_and_last_block_count_and_neighbours_do_not)
{
	struct pmem2_source file = real_file(FAKE_DISK);

	real_write(file.fd, 0, 4);
	uint64_t begin = sector_of(&file, 0), end = sector_of(&file, 3) + 8;
	ck_assert_uint_eq(end - begin, 32); /* in one piece */
	add_bad(begin - 4, 4);
	add_bad(end, 4);
	expect_end(context(&file));

	add_bad(begin, 1);
	add_bad(end - 1, 1);
	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 0, 1);
	expect(ctx, BLOCK, 3, 1);
	expect_end(ctx);
}
END_TEST

START_TEST(a_range_over_both_ends_is_cut_to_the_file)
{
	struct pmem2_source file = real_file(FAKE_DISK);

	real_write(file.fd, 0, 4);
	add_bad(sector_of(&file, 0) - 8, 48);
	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 0, 4);
	expect_end(ctx);
}
END_TEST

START_TEST(adjacent_ones_are_merged)
{
	struct pmem2_source file = real_file(FAKE_DISK);

	real_write(file.fd, 0, 8);
	uint64_t begin = sector_of(&file, 0);
	add_bad(begin + 8, 1); /* in block 1, twice */
	add_bad(begin + 12, 1);
	add_bad(begin + 23, 2); /* the end of 2 and the beginning of 3 */
	add_bad(begin + 40, 8); /* 5 */
	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 1, 3);
	expect(ctx, BLOCK, 5, 1);
	expect_end(ctx);
}
END_TEST

START_TEST(holes_are_skipped_and_unwritten_blocks_are_not)
{
	struct pmem2_source file = real_file(FAKE_DISK);

	real_write(file.fd, 0, 1);
	real_write(file.fd, 4, 1);
	ck_assert_int_eq(fallocate(file.fd, 0, 6 * BLOCK, BLOCK), 0);
	add_bad(sector_of(&file, 0), 1);
	add_bad(sector_of(&file, 4), 1);
	add_bad(sector_of(&file, 6), 1);
	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 0, 1);
	expect(ctx, BLOCK, 4, 1);
	expect(ctx, BLOCK, 6, 1);
	expect_end(ctx);
}
END_TEST

START_TEST(partitions_use_the_disks_list)
{
	struct pmem2_source file = real_file(FAKE_PARTITION);

	real_write(file.fd, 0, 4);
	uint64_t sector = sector_of(&file, 1);
	add_bad(sector - FAKE_START, 1); /* that sector of the partition is another of the disk */
	expect_end(context(&file));

	add_bad(sector, 1);
	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 1, 1);
	expect_end(ctx);
}
END_TEST

START_TEST(a_list_that_is_cut_is_not_taken_for_whole)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_badblock bb;

	real_write(file.fd, 0, 2);
	add_bad(sector_of(&file, 1), 1);
	while (strlen(kernels_list) < 4095)
		add_bad(UINT64_C(1) << 40, 1);
	kernels_list[4095] = '\0';
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/badblocks", kernels_list);

	struct pmem2_badblock_context *ctx = context(&file);
	expect(ctx, BLOCK, 1, 1);
	fails(pmem2_badblock_next(ctx, &bb), -EOVERFLOW, "new context");
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(a_list_that_cannot_be_read_is_no_empty_list)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_badblock_context *ctx;

	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/badblocks", "1 2\nthree 4\n");
	fails(pmem2_badblock_context_new(&ctx, &file), PMEM2_E_CANNOT_READ_BOUNDS, "three 4");
	ck_assert_ptr_null(ctx);

	fake_forbid(FAKE_REGION "/pfn1.0/block/pmem1/badblocks");
	fake_no_root();
	fails(pmem2_badblock_context_new(&ctx, &file), -EACCES, "259:0/badblocks");
	fails(pmem2_badblock_context_new(&ctx, &file), -EACCES, "CAP_DAC_READ_SEARCH");
	fake_root_again();
}
END_TEST

/* ---- what is on no NVDIMM, or cannot be told ---- */

START_TEST(other_disks_have_none)
{
	const dev_t devices[] = {FAKE_ORDINARY, FAKE_DM_SDA, makedev(0, 21)};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct pmem2_source file = real_file(devices[i]);
		expect_end(context(&file));
	}
}
END_TEST

START_TEST(layers_above_an_nvdimm_are_not_told)
{
	const dev_t devices[] = {FAKE_DM_PMEM, FAKE_DM_DM, FAKE_DM_PART};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct pmem2_source file = real_file(devices[i]);
		struct pmem2_badblock_context *ctx;

		fails(pmem2_badblock_context_new(&ctx, &file), PMEM2_E_NOSUPP, "device-mapper");
		ck_assert_ptr_null(ctx);
	}
}
END_TEST

START_TEST(layers_that_cannot_be_read_may_stand_on_anything)
{
	struct pmem2_source file = real_file(FAKE_DM_SDA);
	struct pmem2_badblock_context *ctx;

	fake_forbid("devices/virtual/block/dm-1/slaves");
	fake_no_root();
	fails(pmem2_badblock_context_new(&ctx, &file), -EACCES, "253:1");
	fake_root_again();
	fake_allow("devices/virtual/block/dm-1/slaves");
}
END_TEST

START_TEST(an_unknown_file_system_may_be_on_any_nvdimm)
{
	const struct pmem2_source file = {.type = PMEM2_SOURCE_FILE,
		.fd = -1, /* fstatfs(2) cannot tell */
		.device = makedev(0, 21)};
	struct pmem2_badblock_context *ctx;

	expect_end(context(&file));
	fake_make("bus/nd/devices/region1");
	fails(pmem2_badblock_context_new(&ctx, &file), PMEM2_E_NOSUPP, "may be on an NVDIMM");
	ck_assert_ptr_null(ctx);
}
END_TEST

START_TEST(anonymous_memory_is_refused_before_any_argument_is_touched)
{
	const struct pmem2_source anon = {.type = PMEM2_SOURCE_ANON, .fd = -1};

	fails(pmem2_badblock_context_new(NULL, &anon), PMEM2_E_NOSUPP, "anonymous");
}
END_TEST

/* ---- Device DAX: a file stands in for it, 1 MiB into region1, 64 KiB long ---- */

static struct pmem2_source device_dax(void)
{
	struct pmem2_source dax = real_file(FAKE_DAX);

	real_write(dax.fd, 0, 16);
	dax.type = PMEM2_SOURCE_DEVDAX;
	fake_put(FAKE_REGION "/dax1.1/dax1.0/size", "65536\n");
	fake_put(FAKE_REGION "/dax1.1/dax1.0/align", "4096\n");
	return dax;
}

START_TEST(device_dax_is_told_by_offset)
{
	struct pmem2_source dax = device_dax();

	fake_put(FAKE_REGION "/badblocks", "0 8\n2047 2\n2060 1\n2175 1\n2176 5\n");
	struct pmem2_badblock_context *ctx = context(&dax);
	expect(ctx, 512, 0, 1);
	expect(ctx, 512, 12, 1);
	expect(ctx, 512, 127, 1);
	expect_end(ctx);
}
END_TEST

START_TEST(device_dax_outside_a_region_is_not_told)
{
	const struct pmem2_source hmem = {.type = PMEM2_SOURCE_DEVDAX, .device = FAKE_HMEM};
	struct pmem2_badblock_context *ctx;

	fails(pmem2_badblock_context_new(&ctx, &hmem), PMEM2_E_NOSUPP, "no nd region");
}
END_TEST

START_TEST(device_dax_that_cannot_be_read_has_no_empty_list)
{
	struct pmem2_source dax = device_dax();
	struct pmem2_badblock_context *ctx;
	static const int codes[] = {PMEM2_E_NOSUPP, -EACCES, -EIO};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", codes[i]);
		setenv("FAKE_NDCTL", text, 1);
		fails(pmem2_badblock_context_new(&ctx, &dax), codes[i], "of the module");
		ck_assert_ptr_null(ctx);
	}
	unsetenv("FAKE_NDCTL");

	fake_forbid(FAKE_REGION "/badblocks");
	fake_no_root();
	fails(pmem2_badblock_context_new(&ctx, &dax), -EACCES, "region1/badblocks");
	fails(pmem2_badblock_context_new(&ctx, &dax), -EACCES, "CAP_DAC_READ_SEARCH");
	fake_root_again();

	fake_forbid("dev/char");
	fake_no_root();
	fails(pmem2_badblock_context_new(&ctx, &dax), -EACCES, "dev/char/252:1");
	fails(pmem2_badblock_context_new(&ctx, &dax), -EACCES, "CAP_DAC_READ_SEARCH");
	fake_root_again();
	fake_allow("dev/char");
	ck_assert_ptr_null(ctx);
}
END_TEST

START_TEST(without_the_module_device_dax_is_not_told)
{
	struct pmem2_source dax = device_dax();
	struct pmem2_badblock_context *ctx;

	setenv("PMEM2_BACKEND_DIR", fake_root, 1);
	fails(pmem2_badblock_context_new(&ctx, &dax), PMEM2_E_NOSUPP, "libpmem2-ndctl");
	ck_assert_ptr_null(ctx);
}
END_TEST

START_TEST(clearing_may_be_impossible_or_not_allowed)
{
	struct pmem2_source dax = device_dax();
	struct pmem2_badblock_context *ctx = context(&dax);
	const struct pmem2_badblock bb = {0, 512};
	static const int codes[] = {PMEM2_E_NOSUPP, -EACCES, -ENXIO};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char text[16], byte;

		snprintf(text, sizeof(text), "%d", codes[i]);
		setenv("FAKE_NDCTL", text, 1);
		fails(pmem2_badblock_clear(ctx, &bb), codes[i], "of the module");
		/* what was not cleared is not written to */
		ck_assert_int_eq(pread(dax.fd, &byte, 1, 0), 1);
		ck_assert_int_eq(byte, 'x');
	}
	unsetenv("FAKE_NDCTL");
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(device_dax_is_cleared_by_the_device_and_zeroed)
{
	struct pmem2_source dax = device_dax();
	struct pmem2_badblock_context *ctx = context(&dax);
	const struct pmem2_badblock bb = {1536, 1024};
	char byte;

	if (!pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE)) {
		printf("# no backend here that could make zeros durable\n");
		fails(pmem2_badblock_clear(ctx, &bb), PMEM2_E_GRANULARITY_NOT_SUPPORTED, "");
		pmem2_badblock_context_delete(&ctx);
		return;
	}

	works(pmem2_badblock_clear(ctx, &bb));
	ck_assert_str_eq(getenv("FAKE_CLEARED"), "1050112 1024");
	for (off_t i = 0; i < 4096; i++) {
		ck_assert_int_eq(pread(dax.fd, &byte, 1, i), 1);
		ck_assert_int_eq(byte, i >= 1536 && i < 2560 ? 0 : 'x');
	}

	setenv("FAKE_NDCTL", "-6", 1);
	fails(pmem2_badblock_clear(ctx, &bb), -ENXIO, "of the module");
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(device_dax_that_is_read_only_is_cleared_but_not_zeroed)
{
	struct pmem2_source dax = device_dax();
	const struct pmem2_badblock bb = {0, 512};
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dax.fd);
	dax.fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(dax.fd, 0);
	struct pmem2_badblock_context *ctx = context(&dax);
	if (pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE))
		fails(pmem2_badblock_clear(ctx, &bb), -EACCES, "cleared, but");
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(what_is_behind_the_device_is_never_cleared)
{
	struct pmem2_source dax = device_dax();
	struct pmem2_badblock_context *ctx = context(&dax);
	const struct pmem2_badblock bad[] = {{65536, 512}, {65024, 1024}, {0, 66048}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		fails(pmem2_badblock_clear(ctx, &bad[i]), PMEM2_E_LENGTH_OUT_OF_RANGE, "65536");
	ck_assert_ptr_null(getenv("FAKE_CLEARED"));
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

/* ---- clearing in a file, with a fallocate(2) that may fail ---- */

static int interruptions;
static bool no_space;

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	if (interruptions > 0) {
		interruptions--;
		errno = EINTR;
		return -1;
	}
	if (no_space && (mode & FALLOC_FL_PUNCH_HOLE) == 0) {
		errno = ENOSPC;
		return -1;
	}

	return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

START_TEST(a_hole_that_cannot_be_filled_is_told_and_filled_later)
{
	struct pmem2_source file = real_file(FAKE_ORDINARY);
	struct pmem2_badblock_context *ctx = context(&file);
	const struct pmem2_badblock bb = {BLOCK, BLOCK};
	struct stat before, after;
	char byte = 1;

	real_write(file.fd, 0, 3);
	fsync(file.fd);
	ck_assert_int_eq(fstat(file.fd, &before), 0);
	no_space = true;
	fails(pmem2_badblock_clear(ctx, &bb), -ENOSPC, "the same call completes it");
	fails(pmem2_badblock_clear(ctx, &bb), -ENOSPC, "No space left");

	no_space = false;
	interruptions = 2;
	works(pmem2_badblock_clear(ctx, &bb));
	ck_assert_int_eq(interruptions, 0);
	ck_assert_int_eq(fstat(file.fd, &after), 0);
	ck_assert_int_eq(after.st_size, before.st_size);
	ck_assert_int_eq(after.st_blocks, before.st_blocks);
	ck_assert_int_eq(pread(file.fd, &byte, 1, BLOCK), 1);
	ck_assert_int_eq(byte, 0);
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

/* ---- */

static void *list_clear_and_copy(void *arg)
{
	struct pmem2_source *src = arg;
	struct pmem2_badblock_context *ctx = context(src);
	struct pmem2_badblock bb = {BLOCK, BLOCK};
	char *data = calloc(1, BLOCK);
	bool durable = src->type == PMEM2_SOURCE_FILE ||
	               pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE);

	while (pmem2_badblock_next(ctx, &bb) == 0)
		continue;
	if (durable) {
		works(pmem2_badblock_clear(ctx, &bb));
		works(pmem2_source_pwrite_mcsafe(src, data, BLOCK, 0));
	}
	works(pmem2_source_pread_mcsafe(src, data, BLOCK, 0));
	if (src->type == PMEM2_SOURCE_DEVDAX) {
		ck_assert_int_eq(ftruncate(src->fd, BLOCK), 0);
		fails(pmem2_source_pread_mcsafe(src, data, 8, BLOCK), PMEM2_E_IO_FAIL, "SIGBUS");
	}
	free(data);
	pmem2_badblock_context_delete(&ctx);
	return NULL;
}

START_TEST(a_small_stack_is_enough)
{
	struct pmem2_source dax = device_dax();
	struct pmem2_source file = real_file(real_extents() ? FAKE_DISK : FAKE_ORDINARY);

	fake_put(FAKE_REGION "/badblocks", "2056 8\n");
	unit_with_small_stack(list_clear_and_copy, &dax);

	real_write(file.fd, 0, 8);
	real_write(file.fd, 16, 8);
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/badblocks", "0 1\n");
	unit_with_small_stack(list_clear_and_copy, &file);
}
END_TEST

int main(void)
{
	const TTest *const everywhere[] = {other_disks_have_none,
		layers_above_an_nvdimm_are_not_told,
		layers_that_cannot_be_read_may_stand_on_anything,
		an_unknown_file_system_may_be_on_any_nvdimm,
		anonymous_memory_is_refused_before_any_argument_is_touched,
		device_dax_is_told_by_offset, device_dax_outside_a_region_is_not_told,
		device_dax_is_cleared_by_the_device_and_zeroed,
		device_dax_that_is_read_only_is_cleared_but_not_zeroed,
		what_is_behind_the_device_is_never_cleared,
		a_hole_that_cannot_be_filled_is_told_and_filled_later,
		device_dax_that_cannot_be_read_has_no_empty_list,
		without_the_module_device_dax_is_not_told,
		clearing_may_be_impossible_or_not_allowed, a_small_stack_is_enough, NULL};
	const TTest *const with_extents[] = {sectors_become_blocks_of_the_file,
		first_and_last_block_count_and_neighbours_do_not,
		a_range_over_both_ends_is_cut_to_the_file, adjacent_ones_are_merged,
		holes_are_skipped_and_unwritten_blocks_are_not, partitions_use_the_disks_list,
		a_list_that_is_cut_is_not_taken_for_whole,
		a_list_that_cannot_be_read_is_no_empty_list, NULL};

	int failed = unit_run_with("badblocks", everywhere, set_up, fake_tear_down);
	if (real_extents())
		return failed | unit_run_with("badblocks", with_extents, set_up, fake_tear_down);

	printf("the build directory is not on ext4 or xfs with blocks of 4096 bytes\n");
	return failed != 0 ? failed : 77;
}
