/* SPDX-License-Identifier: BSD-3-Clause */
/* test_source_io.c -- transfers that are short, interrupted or hit a bad block. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "real_file.h"
#include "registry.h"
#include "unit.h"

/* ---- the system calls, which fail as told ---- */

static int error_once; /* errno of the next call */
static size_t at_most; /* bytes of a transfer; 0: no limit */
static size_t cut_at;  /* where the file ends; 0: where it does */
static unsigned calls;
static bool no_noappend;

static bool spoilt(size_t *size)
{
	calls++;
	if (at_most != 0 && *size > at_most)
		*size = at_most;
	if (error_once == 0)
		return false;

	errno = error_once;
	error_once = 0;
	return true;
}

ssize_t pread(int fd, void *buf, size_t size, off_t offset)
{
	if (cut_at != 0 && (size_t)offset + size > cut_at)
		size = cut_at - (size_t)offset;

	return spoilt(&size) ? -1 : syscall(SYS_pread64, fd, buf, size, offset);
}

ssize_t pwrite(int fd, const void *buf, size_t size, off_t offset)
{
	return spoilt(&size) ? -1 : syscall(SYS_pwrite64, fd, buf, size, offset);
}

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
	calls++;
	if (no_noappend) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return syscall(SYS_pwritev2, fd, parts, count, offset, 0, flags);
}

static struct pmem2_source file_of(size_t blocks)
{
	struct pmem2_source file = real_file(FAKE_ORDINARY);

	real_write(file.fd, 0, blocks);
	calls = 0;
	return file;
}

START_TEST(what_is_written_is_read)
{
	struct pmem2_source file = file_of(2);
	char out[100] = "persistent", in[100];

	works(pmem2_source_pwrite_mcsafe(&file, out, sizeof(out), 4000));
	works(pmem2_source_pread_mcsafe(&file, in, sizeof(in), 4000));
	ck_assert_mem_eq(in, out, sizeof(out));
}
END_TEST

START_TEST(short_and_interrupted_transfers_go_on)
{
	struct pmem2_source file = file_of(2);
	char out[1000], in[1000];

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)i;
	at_most = 33;
	error_once = EINTR;
	works(pmem2_source_pwrite_mcsafe(&file, out, sizeof(out), 4000));
	ck_assert_uint_eq(calls, 32); /* 31 parts */
	error_once = EINTR;
	works(pmem2_source_pread_mcsafe(&file, in, sizeof(in), 4000));
	ck_assert_mem_eq(in, out, sizeof(out));
	ck_assert_uint_eq(calls, 64);
}
END_TEST

START_TEST(errors_are_told_apart)
{
	struct pmem2_source file = file_of(2);
	char buf[16], text[128];

	error_once = EIO;
	snprintf(text, sizeof(text), "pread: %s at offset 4096", strerror(EIO));
	fails(pmem2_source_pread_mcsafe(&file, buf, sizeof(buf), 4096), PMEM2_E_IO_FAIL, text);
	error_once = EIO;
	fails(pmem2_source_pwrite_mcsafe(&file, buf, sizeof(buf), 0), PMEM2_E_IO_FAIL, "pwrite:");
	error_once = EDQUOT;
	snprintf(text, sizeof(text), "pwrite: %s", strerror(EDQUOT));
	fails(pmem2_source_pwrite_mcsafe(&file, buf, sizeof(buf), 0), -EDQUOT, text);
}
END_TEST

START_TEST(a_descriptor_with_o_direct_is_told)
{
	struct pmem2_source file = file_of(2);
	char buf[16];

	error_once = EINVAL;
	fails(pmem2_source_pread_mcsafe(&file, buf, 16, 0), -EINVAL, "pread: Invalid argument");
	if (fcntl(file.fd, F_SETFL, O_DIRECT) != 0)
		return; /* a file system without it */
	error_once = EINVAL;
	fails(pmem2_source_pread_mcsafe(&file, buf, 16, 0), -EINVAL, "O_DIRECT");
	error_once = EINVAL;
	fails(pmem2_source_pwrite_mcsafe(&file, buf, 16, 0), -EINVAL, "O_DIRECT");
}
END_TEST

START_TEST(the_range_is_judged_before_any_transfer)
{
	struct pmem2_source file = file_of(2);
	char buf[16];

	works(pmem2_source_pread_mcsafe(&file, buf, 0, 0));
	works(pmem2_source_pread_mcsafe(&file, buf, 0, 8192));
	fails(pmem2_source_pread_mcsafe(&file, buf, 1, 8192), PMEM2_E_LENGTH_OUT_OF_RANGE, "8192");
	fails(pmem2_source_pread_mcsafe(&file, buf, 0, 8193), PMEM2_E_LENGTH_OUT_OF_RANGE, "8193");
	fails(pmem2_source_pwrite_mcsafe(&file, buf, SIZE_MAX, 16), PMEM2_E_LENGTH_OUT_OF_RANGE,
		"");
	fails(pmem2_source_pwrite_mcsafe(&file, buf, 16, SIZE_MAX), PMEM2_E_LENGTH_OUT_OF_RANGE,
		"");
	ck_assert_uint_eq(calls, 0);
}
END_TEST

START_TEST(a_file_that_becomes_shorter_is_no_success)
{
	struct pmem2_source file = file_of(2);
	char buf[16];

	cut_at = 4100;
	fails(pmem2_source_pread_mcsafe(&file, buf, 16, 4096), PMEM2_E_LENGTH_OUT_OF_RANGE,
		"cut at offset 4100");
}
END_TEST

START_TEST(append_mode_writes_where_it_is_told)
{
	struct pmem2_source file = file_of(2);
	char buf[] = "here";

	ck_assert_int_eq(fcntl(file.fd, F_SETFL, O_APPEND), 0);
	no_noappend = true;
	fails(pmem2_source_pwrite_mcsafe(&file, buf, 4, 10), -EOPNOTSUPP, "O_APPEND");
	no_noappend = false;

	int ret = pmem2_source_pwrite_mcsafe(&file, buf, 4, 10);
	if (ret != -EOPNOTSUPP) { /* Linux 6.9 */
		works(ret);
		ck_assert_int_eq(pread(file.fd, buf, 4, 10), 4);
		ck_assert_mem_eq(buf, "here", 4);
	}
	ck_assert_int_eq(lseek(file.fd, 0, SEEK_END), 2 * BLOCK);
	works(pmem2_source_pread_mcsafe(&file, buf, 4, 0));
}
END_TEST

START_TEST(anonymous_memory_is_no_file)
{
	struct pmem2_source anon = {.type = PMEM2_SOURCE_ANON, .fd = -1, .size = 4096};
	char buf[16];

	fails(pmem2_source_pread_mcsafe(&anon, buf, 1, 0), PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED, "");
	fails(pmem2_source_pwrite_mcsafe(&anon, buf, 1, 0), PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED, "");
}
END_TEST

/* ---- Device DAX: a file stands in for it, whose cut end is the bad block ---- */

static struct pmem2_source device_dax(size_t healthy)
{
	struct pmem2_source dax = file_of(healthy);

	dax.type = PMEM2_SOURCE_DEVDAX;
	dax.device = FAKE_DAX;
	fake_put(FAKE_REGION "/dax1.1/dax1.0/size", "65536\n");
	fake_put(FAKE_REGION "/dax1.1/dax1.0/align", "16384\n");
	return dax;
}

START_TEST(device_dax_is_read_and_written_at_any_offset)
{
	struct pmem2_source dax = device_dax(16);
	char *out = malloc(40000), *in = malloc(40000);

	memset(out, 'y', 40000);
	if (!pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE)) {
		printf("# no backend here that could make a write durable\n");
		fails(pmem2_source_pwrite_mcsafe(&dax, out, 1, 0),
			PMEM2_E_GRANULARITY_NOT_SUPPORTED, "");
		return;
	}

	calls = 0; /* of loading the backends */
	works(pmem2_source_pwrite_mcsafe(&dax, out, 40000, 12345));
	works(pmem2_source_pread_mcsafe(&dax, in, 40000, 12344));
	ck_assert_int_eq(in[0], 'x');
	ck_assert_mem_eq(in + 1, out, 39999);
	works(pmem2_source_pread_mcsafe(&dax, in, 2, 12345 + 40000 - 1));
	ck_assert_mem_eq(in, "yx", 2);
	ck_assert_uint_eq(calls, 0);
	free(in);
	free(out);
}
END_TEST

START_TEST(a_bad_block_of_device_dax_fails_the_transfer)
{
	struct pmem2_source dax = device_dax(6);
	char *buf = calloc(1, 65536);

	works(pmem2_source_pread_mcsafe(&dax, buf, 6 * BLOCK, 0));
	fails(pmem2_source_pread_mcsafe(&dax, buf, 6 * BLOCK + 1, 0), PMEM2_E_IO_FAIL,
		"SIGBUS at offset 24576");
	fails(pmem2_source_pread_mcsafe(&dax, buf, 8, 65528), PMEM2_E_IO_FAIL,
		"SIGBUS at offset 6");
	if (pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE))
		fails(pmem2_source_pwrite_mcsafe(&dax, buf, 65536, 0), PMEM2_E_IO_FAIL, "SIGBUS");
	works(pmem2_source_pread_mcsafe(&dax, buf, BLOCK, 5 * BLOCK));
	fails(pmem2_source_pread_mcsafe(&dax, buf, 1, 65536), PMEM2_E_LENGTH_OUT_OF_RANGE, "65536");
	free(buf);
}
END_TEST

/* ---- threads, and the program's own handlers of SIGBUS ---- */

enum {
	THREADS = 4, /* of each kind */
	ROUNDS = 100,
	HEALTHY = 8, /* blocks */
};

static struct pmem2_source shared_dax;
static _Thread_local sigjmp_buf out;
static _Thread_local unsigned calls_before, calls_after; /* of the handlers, for this thread */

static void installed_before(int number)
{
	(void)number;
	calls_before++;
	siglongjmp(out, 1);
}

static void installed_after(int number)
{
	(void)number;
	calls_after++;
	siglongjmp(out, 1);
}

static void *hit_bad_blocks(void *arg)
{
	char buf[2 * BLOCK] = "";

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		/* of 32768 to 36863: memcpy need not begin at the beginning */
		fails(pmem2_source_pread_mcsafe(&shared_dax, buf, 2 * BLOCK, (HEALTHY - 1) * BLOCK),
			PMEM2_E_IO_FAIL, "SIGBUS at offset 3");
		if (pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE))
			fails(pmem2_source_pwrite_mcsafe(&shared_dax, buf, 8, HEALTHY * BLOCK),
				PMEM2_E_IO_FAIL, "SIGBUS at offset 32768");
	}
	ck_assert_uint_eq(calls_before + calls_after, 0);
	return NULL;
}

/* Each thread has a block to itself. */
static void *copy_healthy_blocks(void *arg)
{
	bool writes = pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE);
	size_t block = (size_t)(uintptr_t)arg;
	char wrote[BLOCK], read[BLOCK];

	memset(wrote, 'x', BLOCK);
	for (int i = 0; i < ROUNDS; i++) {
		if (writes) {
			memset(wrote, 'a' + i % 26, BLOCK);
			works(pmem2_source_pwrite_mcsafe(&shared_dax, wrote, BLOCK, block * BLOCK));
		}
		works(pmem2_source_pread_mcsafe(&shared_dax, read, BLOCK, block * BLOCK));
		ck_assert_mem_eq(read, wrote, BLOCK);
	}
	ck_assert_uint_eq(calls_before + calls_after, 0);
	return NULL;
}

/* Faults that are the program's own, which its handler gets, in this thread and once each. */
static void *fault_by_program(void *arg)
{
	volatile char *map =
		mmap(NULL, 16 * BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, shared_dax.fd, 0);

	ck_assert_ptr_ne((void *)map, MAP_FAILED);
	for (volatile int i = 0; i < ROUNDS; i++) {
		if (sigsetjmp(out, 1) == 0) {
			map[HEALTHY * BLOCK + (size_t)i] = 1;
			ck_abort_msg("a store after the end of the file did not fault");
		}
	}
	ck_assert_uint_eq(arg == (void *)(uintptr_t)installed_before ? calls_before : calls_after,
		ROUNDS);
	ck_assert_uint_eq(calls_before + calls_after, ROUNDS);
	munmap((void *)map, 16 * BLOCK);
	return NULL;
}

static void run_all(void (*handler)(int))
{
	pthread_t threads[2 * THREADS + 1];

	for (uintptr_t i = 0; i < THREADS; i++) {
		pthread_create(&threads[2 * i], NULL, hit_bad_blocks, NULL);
		pthread_create(&threads[2 * i + 1], NULL, copy_healthy_blocks, (void *)i);
	}
	pthread_create(&threads[2 * THREADS], NULL, fault_by_program, (void *)(uintptr_t)handler);
	for (size_t i = 0; i < 2 * THREADS + 1; i++)
		pthread_join(threads[i], NULL);
}

START_TEST(threads_and_handlers_do_not_disturb_each_other)
{
	char byte;

	shared_dax = device_dax(HEALTHY);
	signal(SIGBUS, installed_before);
	run_all(installed_before);

	signal(SIGBUS, installed_after);
	/* the first call puts the library's handler in front again; before, the program has all */
	fault_by_program((void *)(uintptr_t)installed_after);
	calls_after = 0;
	works(pmem2_source_pread_mcsafe(&shared_dax, &byte, 1, 0));
	run_all(installed_after);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_is_written_is_read,
		short_and_interrupted_transfers_go_on, errors_are_told_apart,
		a_descriptor_with_o_direct_is_told, the_range_is_judged_before_any_transfer,
		a_file_that_becomes_shorter_is_no_success, append_mode_writes_where_it_is_told,
		anonymous_memory_is_no_file, device_dax_is_read_and_written_at_any_offset,
		a_bad_block_of_device_dax_fails_the_transfer,
		threads_and_handlers_do_not_disturb_each_other, NULL};

	return unit_run_with("source_io", tests, fake_set_up, fake_tear_down);
}
