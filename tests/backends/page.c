/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend generic_msync at PAGE, with an msync of the test's own in between. */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "variants.h"

enum { PAGES = 16 };

static const struct pmem2_variant *page_variant;
static size_t page;
static char *map;

static struct {
	int calls;
	char *begin; /* of the latest range */
	size_t length;
	int how;
	int fail_with; /* an errno for the next MS_SYNC calls */
	int failures;  /* so many of them */
} seen;

/* The backend calls this one: it is an ordinary function of libc, and this program is first. */
int msync(void *begin, size_t length, int how)
{
	if (how == MS_SYNC) {
		seen.calls++;
		seen.begin = begin;
		seen.length = length;
		seen.how = how;
	}
	errno = 0; /* the backend must restore it */
	if (how == MS_SYNC && seen.failures > 0) {
		seen.failures--;
		errno = seen.fail_with;
		return -1;
	}
	return (int)syscall(SYS_msync, begin, length, how);
}

static void setup(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	page_variant = test_variant("generic_msync");
	ck_assert_ptr_nonnull(page_variant);
	map = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(map != MAP_FAILED);
	memset(&seen, 0, sizeof(seen));
}

static void assert_covered(const char *ptr, size_t size)
{
	ck_assert_int_eq(seen.calls, 1);
	ck_assert_int_eq(seen.how, MS_SYNC);
	ck_assert_uint_eq((uintptr_t)seen.begin % page, 0);
	ck_assert(seen.begin <= ptr && ptr - seen.begin < (ptrdiff_t)page);
	ck_assert(seen.begin + seen.length >= ptr + size);
	ck_assert(seen.begin + seen.length < ptr + size + page);
	seen.calls = 0;
}

START_TEST(what_was_written_is_synced)
{
	static char from[3 * 65536];
	static const size_t sizes[] = {1, 8, 63, 64, 100, 255, 256, 257, 4095, 4096, 4097, 10000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t at = 0; at < 2 * page; at += 61)
			for (unsigned flags = 0; flags < 64; flags += 7) {
				unsigned durable = flags & ~PMEM2_F_MEM_NOFLUSH;
				size_t size = sizes[i];

				page_variant->memmove(map + at, from, size, durable);
				assert_covered(map + at, size);
				page_variant->memset(map + at, 7, size, durable);
				assert_covered(map + at, size);
			}
	for (size_t size = 1; size < 3 * page; size += 311)
		for (size_t at = 0; at < 2 * page; at += 511) {
			page_variant->persist(map + at, size);
			assert_covered(map + at, size);
			page_variant->flush(map + at, size);
			assert_covered(map + at, size);
			page_variant->deep_persist(map + at, size);
			assert_covered(map + at, size);
		}
}
END_TEST

START_TEST(nothing_more_is_synced)
{
	page_variant->memmove(map, map + page, 1000, PMEM2_F_MEM_NOFLUSH);
	page_variant->memset(map, 1, 1000, PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_NODRAIN);
	page_variant->drain();
	ck_assert_int_eq(seen.calls, 0);

	errno = EXDEV;
	page_variant->persist(map + 5, 0);
	page_variant->memmove(map, map + page, 0, 0);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert(page_variant->persist == page_variant->flush);
}
END_TEST

START_TEST(interrupted_calls_are_repeated)
{
	seen.fail_with = EINTR;
	seen.failures = 3;
	errno = EXDEV;
	page_variant->persist(map, 1);
	ck_assert_int_eq(seen.calls, 4);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(a_hole_is_no_failure)
{
	ck_assert(!munmap(map + 3 * page, page));
	errno = EXDEV;
	page_variant->persist(map, PAGES * page);
	page_variant->persist(map + 3 * page, page);
	page_variant->persist((void *)(UINTPTR_MAX - 10), 5);
	page_variant->persist(map, SIZE_MAX);
	page_variant->persist(map, SIZE_MAX - (uintptr_t)map);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

/* KiB of dirty pages in the mapping at address: a clean page has reached its file. */
static long dirty_kib(const void *address)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	char text[512], wanted[32];
	bool here = false;
	long sum = 0, kib;

	ck_assert_ptr_nonnull(smaps);
	snprintf(wanted, sizeof(wanted), "%lx-", (unsigned long)(uintptr_t)address);
	while (fgets(text, sizeof(text), smaps)) {
		if (strchr(text, '-') && strspn(text, "0123456789abcdef") == strcspn(text, "-"))
			here = !strncmp(text, wanted, strlen(wanted));
		if (here && (sscanf(text, "Shared_Dirty: %ld", &kib) == 1 ||
				    sscanf(text, "Private_Dirty: %ld", &kib) == 1))
			sum += kib;
	}
	fclose(smaps);
	return sum;
}

/* An open, deleted file of that size, in the working directory. */
static int scratch_file(size_t size)
{
	char name[] = "page-XXXXXX";
	int fd = mkstemp(name);

	ck_assert(fd >= 0);
	unlink(name);
	ck_assert(!ftruncate(fd, (off_t)size));
	return fd;
}

START_TEST(parts_after_a_hole_are_synced)
{
	size_t size = PAGES * page;
	int fd = scratch_file(size);
	char *file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *second = file + size / 2 + page;

	ck_assert(file != MAP_FAILED);
	ck_assert(!munmap(file + size / 2, page));
	memset(file, 1, size / 2);
	memset(second, 2, size / 2 - page);
	ck_assert(dirty_kib(file) > 0 && dirty_kib(second) > 0);

	page_variant->persist(file, size);
	ck_assert_int_eq(dirty_kib(file), 0);
	ck_assert_int_eq(dirty_kib(second), 0);
	close(fd);
}
END_TEST

#ifdef DUMP_COVERAGE
void __gcov_dump(void);
static void dump_coverage(int number)
{
	(void)number;
	__gcov_dump();
}
#else
#define dump_coverage SIG_DFL
#endif

/* Runs persist in a child in which msync fails; returns what it said on stderr. */
static const char *last_words(int error)
{
	static char text[512];
	int out[2], status;
	ssize_t n;

	ck_assert(!pipe(out));
	fflush(NULL);
	pid_t child = fork();
	if (!child) {
		signal(SIGABRT, dump_coverage);
		dup2(out[1], STDERR_FILENO);
		seen.fail_with = error;
		seen.failures = 1;
		page_variant->memset(map + 100, 1, 5000, 0);
		_exit(0);
	}
	close(out[1]);
	n = read(out[0], text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	close(out[0]);
	ck_assert(waitpid(child, &status, 0) == child);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "errno %d: went on",
		error);
	return text;
}

/* qemu-user adds a line of its own about the signal */
static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end && (!end[1] || strncmp(end + 1, "qemu: ", 6) == 0);
}

START_TEST(a_failure_aborts_with_a_message)
{
	/* ENOMEM too, where no hole explains it */
	static const int errors[] = {EIO, EINVAL, ENOSPC, ENOMEM};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const char *text = last_words(errors[i]);

		ck_assert_msg(strstr(text, "msync") && strstr(text, strerror(errors[i])) &&
				      is_one_line(text),
			"errno %d: said '%s'", errors[i], text);
	}
}
END_TEST

static bool memory_only(void)
{
	struct statfs fs;

	/* tmpfs and ramfs never clean a page */
	return statfs(".", &fs) || fs.f_type == 0x01021994 || fs.f_type == 0x858458f6;
}

int main(void)
{
	TCase *tc = tcase_create("page");
	Suite *suite = suite_create("generic_msync");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0); /* Meson's is enough */
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_was_written_is_synced);
	tcase_add_test(tc, nothing_more_is_synced);
	tcase_add_test(tc, interrupted_calls_are_repeated);
	tcase_add_test(tc, a_hole_is_no_failure);
	tcase_add_test(tc, a_failure_aborts_with_a_message);
	if (memory_only())
		printf("left out: parts_after_a_hole_are_synced, the build directory is no "
		       "disk's\n");
	else
		tcase_add_test(tc, parts_after_a_hole_are_synced);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
