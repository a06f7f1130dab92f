/* SPDX-License-Identifier: BSD-3-Clause */
/* test_extent.c -- where a file's bytes are. */
#include <errno.h>
#include <sys/mman.h>

#include "extent.h"
#include "real_file.h"
#include "unit.h"

/* The address of a block of the file, or 0: it has none. */
static uint64_t address(const struct pmem2_extents *extents, size_t block)
{
	uint64_t found = 0;

	for (size_t i = 0; i < extents->count; i++) {
		const struct pmem2_extent *extent = &extents->list[i];
		uint64_t offset = block * BLOCK - extent->file;

		if (block * BLOCK < extent->file || offset >= extent->length)
			continue;
		ck_assert_uint_eq(found, 0);
		found = extent->device + offset;
	}

	return found;
}

START_TEST(what_is_allocated_has_an_address_and_holes_have_none)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_extents extents;

	real_write(file.fd, 0, 2);
	real_write(file.fd, 5, 1);
	/* allocated, and not written */
	ck_assert_int_eq(fallocate(file.fd, 0, 7 * BLOCK, 2 * BLOCK), 0);

	works(pmem2_extents_of(&file, &extents));
	for (size_t i = 0; i < 9; i++)
		ck_assert_msg((address(&extents, i) != 0) == (i < 2 || i == 5 || i >= 7),
			"block %zu is at %ju", i, (uintmax_t)address(&extents, i));
	ck_assert_uint_eq(extents.block, BLOCK);
	ck_assert(!extents.partition);
	for (size_t i = 1; i < extents.count; i++)
		ck_assert_uint_gt(extents.list[i].file, extents.list[i - 1].file);
	pmem2_extents_free(&extents);
}
END_TEST

START_TEST(the_partitions_start_is_added)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_extents on_disk, on_partition;

	real_write(file.fd, 0, 3);
	works(pmem2_extents_of(&file, &on_disk));
	file.device = FAKE_PARTITION;
	works(pmem2_extents_of(&file, &on_partition));
	ck_assert(on_partition.partition);
	ck_assert_uint_eq(address(&on_partition, 2), address(&on_disk, 2) + FAKE_START * 512);
	pmem2_extents_free(&on_disk);
	pmem2_extents_free(&on_partition);

	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/pmem1p2/start", "none\n");
	fails(pmem2_extents_of(&file, &on_disk), -EINVAL, "259:1/start");
}
END_TEST

START_TEST(what_is_allocated_behind_the_end_does_not_count)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_extents extents;

	real_write(file.fd, 0, 1);
	ck_assert_int_eq(ftruncate(file.fd, 100), 0);
	ck_assert_int_eq(fallocate(file.fd, FALLOC_FL_KEEP_SIZE, 0, 4 * BLOCK), 0);
	ck_assert_int_eq(fallocate(file.fd, FALLOC_FL_KEEP_SIZE, 6 * BLOCK, 2 * BLOCK), 0);
	works(pmem2_extents_of(&file, &extents));
	ck_assert_uint_ne(address(&extents, 0), 0);
	for (size_t i = 1; i < 8; i++)
		ck_assert_uint_eq(address(&extents, i), 0);
	pmem2_extents_free(&extents);
}
END_TEST

START_TEST(files_in_many_pieces_are_told_whole)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_extents extents;
	const size_t pieces = 300;

	for (size_t i = 0; i < pieces; i++)
		real_write(file.fd, 2 * i, 1);
	works(pmem2_extents_of(&file, &extents));
	ck_assert_uint_eq(extents.count, pieces);
	for (size_t i = 0; i < 2 * pieces - 1; i++)
		ck_assert_int_eq(address(&extents, i) != 0, i % 2 == 0);
	pmem2_extents_free(&extents);
}
END_TEST

START_TEST(an_empty_file_has_none)
{
	struct pmem2_source file = real_file(FAKE_DISK);
	struct pmem2_extents extents;

	works(pmem2_extents_of(&file, &extents));
	ck_assert_uint_eq(extents.count, 0);
	ck_assert_int_eq(ftruncate(file.fd, 1024 * 1024), 0);
	works(pmem2_extents_of(&file, &extents));
	ck_assert_uint_eq(extents.count, 0);
	pmem2_extents_free(&extents);
}
END_TEST

START_TEST(sector_mode_is_not_told)
{
	struct pmem2_source file = real_file(FAKE_BTT);
	struct pmem2_extents extents;

	fails(pmem2_extents_of(&file, &extents), PMEM2_E_NOSUPP, "BTT");
}
END_TEST

START_TEST(other_file_systems_are_not_told)
{
	struct pmem2_source file = {.type = PMEM2_SOURCE_FILE, .device = FAKE_DISK};
	struct pmem2_extents extents;

	file.fd = memfd_create("tmpfs", MFD_CLOEXEC);
	fails(pmem2_extents_of(&file, &extents), PMEM2_E_NOSUPP, "0x1021994");
	close(file.fd);
	fails(pmem2_extents_of(&file, &extents), PMEM2_E_INVALID_FILE_HANDLE, "Bad file");
}
END_TEST

int main(void)
{
	const TTest *const everywhere[] = {other_file_systems_are_not_told, NULL};
	const TTest *const tests[] = {other_file_systems_are_not_told,
		what_is_allocated_has_an_address_and_holes_have_none, the_partitions_start_is_added,
		what_is_allocated_behind_the_end_does_not_count,
		files_in_many_pieces_are_told_whole, an_empty_file_has_none,
		sector_mode_is_not_told, NULL};

	if (real_extents())
		return unit_run_with("extent", tests, fake_set_up, fake_tear_down);

	printf("the build directory is not on ext4 or xfs with blocks of 4096 bytes\n");
	int failed = unit_run_with("extent", everywhere, fake_set_up, fake_tear_down);
	return failed != 0 ? failed : 77;
}
