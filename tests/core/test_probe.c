/* SPDX-License-Identifier: BSD-3-Clause */
/* test_probe.c -- memory of loaded objects, and other memory. */
#include <errno.h>
#include <sys/mman.h>

#include "probe.h"
#include "unit.h"

static long long variable = 1;
static const long long constant = 2;
static long long *const relocated[512] = {&variable, [511] = &variable}; /* RELRO, whole pages */

static void check(const void *at, size_t size, bool readable, bool writable)
{
	errno = 77;
	ck_assert_int_eq(pmem2_probe_readable(at, size), readable);
	ck_assert_int_eq(pmem2_probe_writable((void *)(uintptr_t)at, size), writable);
	ck_assert_int_eq(errno, 77);
}

START_TEST(what_an_object_has)
{
	check(&variable, sizeof(variable), true, true);
	check(&constant, sizeof(constant), true, false);
	check(&relocated[0], sizeof(relocated[0]), true, false);
	ck_assert_int_eq(variable, 1);
}
END_TEST

START_TEST(what_the_kernel_says)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long long local = 5, *heap = malloc(2 * sizeof(*heap));

	ck_assert_ptr_ne(pages, MAP_FAILED);
	ck_assert_int_eq(mprotect(pages + page, page, PROT_READ), 0);
	ck_assert_int_eq(munmap(pages + 2 * page, page), 0);
	heap[0] = heap[1] = 6;
	check(&local, sizeof(local), true, true);
	check(heap, 2 * sizeof(*heap), true, true);
	check(pages, 64, true, true);
	check(pages + page - 32, 64, true, false);
	check(pages + 2 * page - 64, 64, true, false);
	check(pages + 2 * page - 32, 64, false, false);
	check(pages + 2 * page, 64, false, false);
	check(NULL, 64, false, false);
	ck_assert(local == 5 && heap[0] == 6 && heap[1] == 6 && pages[0] == 0);
	free(heap);
	munmap(pages, 2 * page);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_an_object_has, what_the_kernel_says, NULL};

	return unit_run("probe", tests);
}
