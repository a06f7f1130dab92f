/* SPDX-License-Identifier: BSD-3-Clause */
/* test_placement.c -- address space: aligned, nothing hidden, nothing lost. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "placement.h"
#include "unit.h"

static const size_t mib = 1 << 20;

static bool is_free(void *address, size_t length)
{
	void *got = mmap(address, length, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (got != MAP_FAILED)
		munmap(got, length);
	return got == address;
}

START_TEST(reservations_are_aligned_and_hide_no_padding)
{
	static const struct {
		size_t length, alignment;
	} table[] = {{4096, 2}, {2u << 20, 2}, {7u << 20, 2}, {(size_t)2 << 30, 1024}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		void *at;

		ck_assert_int_eq(pmem2_placement_reserve(NULL, table[i].length, &at), 0);
		ck_assert_uint_eq((uintptr_t)at % (table[i].alignment * mib), 0);
		ck_assert_int_eq(pmem2_placement_release(at, table[i].length), 0);
		ck_assert(is_free(at, table[i].length));
	}
}
END_TEST

START_TEST(an_exactly_fitting_hole_works_and_an_occupied_one_does_not)
{
	char *at;
	void *got;

	ck_assert_int_eq(pmem2_placement_reserve(NULL, 6 * mib, (void **)&at), 0);
	ck_assert_int_eq(pmem2_placement_release(at + 2 * mib, 2 * mib), 0);
	ck_assert_int_eq(pmem2_placement_reserve(at + 2 * mib, 2 * mib, &got), 0);
	ck_assert_ptr_eq(got, at + 2 * mib);
	ck_assert_int_eq(pmem2_placement_reserve(at + 2 * mib, 2 * mib, &got), -EEXIST);
	ck_assert_int_eq(pmem2_placement_release(at, 6 * mib), 0);
}
END_TEST

START_TEST(too_much_is_enomem)
{
	void *got;

	ck_assert_int_eq(pmem2_placement_reserve(NULL, (size_t)1 << 62, &got), -ENOMEM);
	ck_assert_int_eq(pmem2_placement_reserve(NULL, SIZE_MAX & ~(size_t)4095, &got), -ENOMEM);
}
END_TEST

START_TEST(large_files_are_aligned_for_huge_pages)
{
	int fd = memfd_create("placement", 0);
	struct pmem2_placement wanted = {.fd = fd,
		.protection = PROT_READ | PROT_WRITE,
		.shared = true};
	struct pmem2_placed placed;

	for (size_t length = 2 * mib; length <= 9 * mib; length += mib + 5000) {
		ck_assert_int_eq(ftruncate(fd, (off_t)length), 0);
		wanted.length = length;
		ck_assert_int_eq(pmem2_place(&wanted, &placed), 0);
		ck_assert_uint_eq((uintptr_t)placed.address % (2 * mib), 0);
		ck_assert(!placed.synchronous);
		ck_assert_int_ne(placed.sync_errno, 0);
		munmap(placed.address, length);
	}
	close(fd);
}
END_TEST

/* the next large mapping is looked for below the latest: where that is free, and where it is not */
START_TEST(large_files_find_a_place_below_or_elsewhere)
{
	int fd = memfd_create("placement", 0);
	struct pmem2_placement wanted = {.fd = fd,
		.length = 4 * mib,
		.protection = PROT_READ | PROT_WRITE,
		.shared = true};
	struct pmem2_placed placed[7];

	ck_assert_int_eq(ftruncate(fd, (off_t)(4 * mib)), 0);
	for (int i = 0; i < 7; i++) {
		ck_assert_int_eq(pmem2_place(&wanted, &placed[i]), 0);
		ck_assert_uint_eq((uintptr_t)placed[i].address % (2 * mib), 0);
		if (i % 3 != 1)
			continue;

		/* something of somebody else's, just below, for the next one to meet */
		char *below = (char *)placed[i].address - 4096;
		void *got = mmap(below, 4096, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		ck_assert(got == below || errno == EEXIST);
	}
	for (int i = 0; i < 7; i++) /* none lies over another: each is there to be unmapped */
		for (int j = 0; j < i; j++)
			ck_assert(placed[i].address != placed[j].address);

	void *last = placed[6].address;
	ck_assert_int_eq(pmem2_placement_release(last, wanted.length), 0);
	ck_assert_int_eq(pmem2_place(&wanted, &placed[6]), 0);
	ck_assert(placed[6].address == last || is_emulated()); /* qemu-user looks elsewhere */
	for (int i = 0; i < 7; i++)
		ck_assert_int_eq(pmem2_placement_release(placed[i].address, wanted.length), 0);
	close(fd);
}
END_TEST

START_TEST(a_device_alignment_is_kept)
{
	struct pmem2_placement wanted = {.fd = -1,
		.length = 4096,
		.protection = PROT_READ,
		.shared = true,
		.alignment = 16 * mib};
	struct pmem2_placed placed;

	ck_assert_int_eq(pmem2_place(&wanted, &placed), 0);
	ck_assert_uint_eq((uintptr_t)placed.address % (16 * mib), 0);
	munmap(placed.address, 4096);
}
END_TEST

START_TEST(errors_of_mmap_come_back)
{
	struct pmem2_placement wanted = {.fd = 1000, .length = 4096, .shared = true};
	struct pmem2_placed placed;

	ck_assert_int_eq(pmem2_place(&wanted, &placed), -EBADF);
	wanted.fd = -1;
	wanted.length = 0;
	ck_assert_int_eq(pmem2_place(&wanted, &placed), -EINVAL);
}
END_TEST

START_TEST(a_mapping_moves_into_a_place_and_leaves_it_reserved)
{
	char *rsv;
	struct pmem2_placement wanted = {.fd = -1,
		.length = 5000,
		.protection = PROT_READ | PROT_WRITE};
	struct pmem2_placed placed;

	ck_assert_int_eq(pmem2_placement_reserve(NULL, 4 * mib, (void **)&rsv), 0);
	ck_assert_int_eq(pmem2_place(&wanted, &placed), 0);
	strcpy(placed.address, "moved");
	ck_assert_int_eq(pmem2_placement_move(placed.address, rsv + 4096, 5000), 0);
	ck_assert_str_eq(rsv + 4096, "moved");
	ck_assert(is_free(placed.address, 8192));

	ck_assert_int_eq(pmem2_placement_vacate(rsv + 4096, 5000), 0);
	ck_assert(!is_free(rsv + 4096, 4096));
	ck_assert_int_eq(mprotect(rsv + 4096, 4096, PROT_READ), 0);
	ck_assert_int_eq(rsv[4096], 0);
	pmem2_placement_release(rsv, 4 * mib);
}
END_TEST

/*
 * As the kernel does for files that may have huge pages: a hint is passed over, though the place is
 * free. Here always, and never to be met by luck.
 */
static bool hints_count = true;

void *plain_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset) __asm__(
	"mmap");
void *large_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset) __asm__(
	"mmap64");

void *plain_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *stopper = MAP_FAILED;

	if (!hints_count && fd >= 0 && addr != NULL)
		stopper = (void *)syscall(SYS_mmap, addr, size, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	void *got = (void *)syscall(SYS_mmap, addr, size, prot, flags, fd, offset);
	int error = errno;
	if (stopper != MAP_FAILED)
		syscall(SYS_munmap, stopper, size);
	errno = error;
	return got;
}

void *large_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	return plain_mmap(addr, size, prot, flags, fd, offset);
}

static void *place_file(int fd, size_t length, size_t alignment)
{
	struct pmem2_placement wanted = {.fd = fd,
		.length = length,
		.protection = PROT_READ | PROT_WRITE,
		.shared = true,
		.alignment = alignment};
	struct pmem2_placed placed;

	ck_assert_int_eq(pmem2_place(&wanted, &placed), 0);
	return placed.address;
}

static void is_again(void *address, void *before)
{
	ck_assert(address == before || is_emulated()); /* qemu-user looks elsewhere */
}

/* in each order in which two can go and come again, with and without hints, and a device's boundary */
START_TEST(what_is_mapped_again_comes_to_the_same_address)
{
	static const size_t lengths[] = {5000, 2 * 1048576, 16 * 1048576 + 5000};
	int fd = memfd_create("placement", 0);

	ck_assert_int_eq(ftruncate(fd, (off_t)(17 * mib)), 0);
	for (int i = 0; i < 2 * 2 * 3 * 3; i++) {
		size_t length = lengths[i % 3], other = lengths[i / 3 % 3];
		size_t alignment = i / 9 % 2 == 0 ? 4096 : 16 * mib;

		hints_count = i / 18 != 0 || is_emulated();
		void *first = place_file(fd, length, alignment);
		void *second = place_file(fd, other, alignment);

		works(pmem2_placement_release(first, length));
		is_again(place_file(fd, length, alignment), first);
		works(pmem2_placement_release(second, other));
		works(pmem2_placement_release(first, length));
		is_again(place_file(fd, length, alignment), first);
		is_again(place_file(fd, other, alignment), second);
		works(pmem2_placement_release(first, length));
		works(pmem2_placement_release(second, other));
		is_again(place_file(fd, length, alignment), first);
		works(pmem2_placement_release(first, length));
	}
	close(fd);
}
END_TEST

/* As the kernel does where memory is short: it removes what was at the new place, and then cannot move. */
static bool move_fails;

void *mremap(void *from, size_t length, size_t size, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	void *to = va_arg(args, void *);
	va_end(args);
	if (move_fails) {
		munmap(to, size);
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mremap, from, length, size, flags, to);
}

START_TEST(a_move_that_fails_leaves_the_place_reserved)
{
	char *rsv;
	struct pmem2_placement wanted = {.fd = -1, .length = 5000, .protection = PROT_READ};
	struct pmem2_placed placed;

	works(pmem2_placement_reserve(NULL, 4 * mib, (void **)&rsv));
	works(pmem2_place(&wanted, &placed));
	move_fails = true;
	fails(pmem2_placement_move(placed.address, rsv + 4096, 5000), -ENOMEM, "mremap");
	move_fails = false;
	for (size_t at = 0; at < 4 * 4096; at += 4096)
		ck_assert(!is_free(rsv + at, 4096));

	/* where nothing was removed, nothing is put */
	fails(pmem2_placement_move(placed.address, placed.address, 5000), -EINVAL, "mremap");
	ck_assert_int_eq(((char *)placed.address)[0], 0);
	pmem2_placement_release(placed.address, 5000);
	pmem2_placement_release(rsv, 4 * mib);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {reservations_are_aligned_and_hide_no_padding,
		an_exactly_fitting_hole_works_and_an_occupied_one_does_not, too_much_is_enomem,
		large_files_are_aligned_for_huge_pages, large_files_find_a_place_below_or_elsewhere,
		what_is_mapped_again_comes_to_the_same_address, a_device_alignment_is_kept,
		errors_of_mmap_come_back, a_mapping_moves_into_a_place_and_leaves_it_reserved,
		a_move_that_fails_leaves_the_place_reserved, NULL};

	return unit_run("placement", tests);
}
