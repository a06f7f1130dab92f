/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source_io.c -- reads and writes that survive bad blocks, on ordinary files.
 */
#include "api.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

/* What pread and pwrite do in this program: the system call, less `skimp` bytes, or an error. */
static size_t skimp;
static int broken;
static atomic_int calls;

/* each has two names: a program that asks for 64-bit offsets calls the second */
#define SEEN __attribute__((visibility("default")))
SEEN ssize_t my_pread(int fd, void *buf, size_t size, off_t offset) __asm__("pread");
SEEN ssize_t my_pread64(int fd, void *buf, size_t size, off_t offset) __asm__("pread64");
SEEN ssize_t my_pwrite(int fd, const void *buf, size_t size, off_t offset) __asm__("pwrite");
SEEN ssize_t my_pwrite64(int fd, const void *buf, size_t size, off_t offset) __asm__("pwrite64");

static bool is_broken(size_t *size)
{
	calls++;
	if (*size > skimp)
		*size -= skimp;
	errno = broken;
	return broken;
}

ssize_t my_pread(int fd, void *buf, size_t size, off_t offset)
{
	return is_broken(&size) ? -1 : syscall(SYS_pread64, fd, buf, size, offset);
}

ssize_t my_pread64(int fd, void *buf, size_t size, off_t offset)
{
	return my_pread(fd, buf, size, offset);
}

ssize_t my_pwrite(int fd, const void *buf, size_t size, off_t offset)
{
	return is_broken(&size) ? -1 : syscall(SYS_pwrite64, fd, buf, size, offset);
}

ssize_t my_pwrite64(int fd, const void *buf, size_t size, off_t offset)
{
	return my_pwrite(fd, buf, size, offset);
}

START_TEST(what_is_written_is_read)
{
	int fd = api_file(3 * PAGE);
	struct pmem2_source *src = api_source(fd);
	char out[5000], in[5000];
	memset(out, 'w', sizeof(out));
	works(pmem2_source_pwrite_mcsafe(src, out, sizeof(out), 1234));
	works(pmem2_source_pread_mcsafe(src, in, sizeof(in), 1234));
	ck_assert_mem_eq(in, out, sizeof(in));
	ck_assert_int_eq(api_byte(fd, 1233), 0);
	ck_assert_int_eq(api_byte(fd, 1234), 'w');
	ck_assert_int_eq(api_byte(fd, 6234), 0);
}
END_TEST

START_TEST(anonymous_is_source_type_not_supported)
{
	struct pmem2_source *src = api_anon(PAGE);
	char buf[8];
	fails(pmem2_source_pread_mcsafe(src, buf, 8, 0), PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED);
	fails(pmem2_source_pwrite_mcsafe(src, buf, 8, 0), PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED);
}
END_TEST

START_TEST(more_than_size_less_offset_is_length_out_of_range_before_any_io)
{
	int fd = api_file(5000);
	struct pmem2_source *src = api_source(fd);
	char buf[5001] = "unchanged";
	fails(pmem2_source_pread_mcsafe(src, buf, 5001, 0), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_source_pread_mcsafe(src, buf, 2, 4999), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_source_pread_mcsafe(src, buf, SIZE_MAX, 1), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_source_pwrite_mcsafe(src, buf, 5001, 0), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_source_pwrite_mcsafe(src, buf, 1, 5000), PMEM2_E_LENGTH_OUT_OF_RANGE);
	ck_assert_str_eq(buf, "unchanged");
	struct stat st;
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 5000);
	ck_assert_int_eq(calls, 0);
	works(pmem2_source_pread_mcsafe(src, buf, 5000, 0));
	works(pmem2_source_pwrite_mcsafe(src, buf, 1, 4999));
}
END_TEST

START_TEST(size_0_is_fine)
{
	struct pmem2_source *src = api_source(api_file(PAGE));
	char buf[1] = {'x'};
	for (size_t offset = 0; offset <= PAGE; offset += PAGE / 2) {
		works(pmem2_source_pread_mcsafe(src, buf, 0, offset));
		works(pmem2_source_pwrite_mcsafe(src, buf, 0, offset));
	}
	ck_assert_int_eq(buf[0], 'x');
}
END_TEST

START_TEST(offset_past_the_end_is_length_out_of_range)
{
	struct pmem2_source *src = api_source(api_file(PAGE));
	char buf[8];
	fails(pmem2_source_pread_mcsafe(src, buf, 8, PAGE + 1), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_source_pwrite_mcsafe(src, buf, 8, PAGE + 1), PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(pmem2_source_pread_mcsafe(src, buf, 8, SIZE_MAX - 3), PMEM2_E_LENGTH_OUT_OF_RANGE);
}
END_TEST

START_TEST(write_to_a_read_only_fd_is_ebadf)
{
	struct pmem2_source *src = api_source(api_reopen(api_file(PAGE), O_RDONLY));
	char buf[8] = "x";
	fails(pmem2_source_pwrite_mcsafe(src, buf, 8, 0), -EBADF);
	says("pwrite: Bad file descriptor");
	works(pmem2_source_pread_mcsafe(src, buf, 8, 0));
}
END_TEST

START_TEST(eio_is_io_fail)
{
	struct pmem2_source *src = api_source(api_file(PAGE));
	char buf[8] = "x";
	broken = EIO;
	fails(pmem2_source_pread_mcsafe(src, buf, 8, 0), PMEM2_E_IO_FAIL);
	fails(pmem2_source_pwrite_mcsafe(src, buf, 8, 0), PMEM2_E_IO_FAIL);
}
END_TEST

START_TEST(other_errors_are_minus_errno)
{
	struct pmem2_source *src = api_source(api_file(PAGE));
	char buf[8] = "x";
	broken = ENOSPC;
	fails(pmem2_source_pread_mcsafe(src, buf, 8, 0), -ENOSPC);
	fails(pmem2_source_pwrite_mcsafe(src, buf, 8, 0), -ENOSPC);
	says("pwrite: No space left on device");
}
END_TEST

START_TEST(a_short_transfer_goes_on)
{
	struct pmem2_source *src = api_source(api_file(2 * PAGE));
	char out[6000], in[6000];
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 7);
	skimp = 1000;
	works(pmem2_source_pwrite_mcsafe(src, out, sizeof(out), 99));
	memset(in, 0, sizeof(in));
	works(pmem2_source_pread_mcsafe(src, in, sizeof(in), 99));
	ck_assert_mem_eq(in, out, sizeof(in));
	ck_assert_int_gt(calls, 2);
}
END_TEST

/* each thread has its own page of one source, and its own letter */
static struct pmem2_source *shared_source;

static void *read_and_write(void *arg)
{
	size_t i = (size_t)arg;
	char out[4000], in[4000];
	for (int round = 0; round < 500; round++) {
		memset(out, (int)('a' + (i + (size_t)round) % 26), sizeof(out));
		works(pmem2_source_pwrite_mcsafe(shared_source, out, sizeof(out), i * PAGE));
		works(pmem2_source_pread_mcsafe(shared_source, in, sizeof(in), i * PAGE));
		ck_assert_mem_eq(in, out, sizeof(in));
	}
	return NULL;
}

START_TEST(reads_and_writes_are_thread_safe)
{
	pthread_t threads[8];
	shared_source = api_source(api_file(8 * PAGE));
	for (size_t i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_and_write, (void *)i), 0);
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

API_MAIN("source_io", what_is_written_is_read, anonymous_is_source_type_not_supported,
	more_than_size_less_offset_is_length_out_of_range_before_any_io, size_0_is_fine,
	offset_past_the_end_is_length_out_of_range, write_to_a_read_only_fd_is_ebadf,
	eio_is_io_fail, other_errors_are_minus_errno, a_short_transfer_goes_on,
	reads_and_writes_are_thread_safe)
