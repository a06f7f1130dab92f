/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pages.c -- records in a file, made durable by msync(2) alone. usage: pages FILE put N | check
 *
 * FAULT: 0 none; 1 a record and the count by one msync; 2 the record by none; 3 the count before the record;
 * 4 the record by MS_ASYNC; 5 the count is stored before the record's msync; 6 both in one page, in two
 * sectors; 7 as 0, by fdatasync(2) after munmap(2); 8 as 7, and forgotten; 9 as 0, by pwrite(2) of the count and
 * fsync(2); 10 as 9, without fsync(2).
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 64, WORDS = PAGE / 8 };

static int fd;
static uint64_t *base;

static void must(int done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(3);
}

static void map(const char *path, int protection)
{
	fd = open(path, O_RDWR | O_CREAT, 0600);
	must(fd >= 0 && ftruncate(fd, PAGES * PAGE) == 0, path);
	base = mmap(NULL, PAGES * PAGE, protection, MAP_SHARED, fd, 0);
	must(base != MAP_FAILED, "mmap");
}

/* Where record i is: a page of its own, or a sector of the first page. */
static uint64_t *record(uint64_t i)
{
	return FAULT == 6 ? base + 64 + 8 * i : base + (i + 1) * WORDS;
}

static void sync_page(void *at, int how)
{
	must(msync((char *)at - (uintptr_t)at % PAGE, PAGE, how) == 0, "msync");
}

static void fill(uint64_t i)
{
	for (uint64_t word = 0; word < 4; word++)
		record(i)[word] = i * 1000 + word + 1;
}

/* What is unmapped is in the page cache: only the file can be made durable. */
static void sync_by_file(const char *path, uint64_t i)
{
	fill(i);
	must(munmap(base, PAGES * PAGE) == 0, "munmap");
	must(FAULT == 8 || fdatasync(fd) == 0, "fdatasync");
	must(close(fd) == 0, "close");
	map(path, PROT_READ | PROT_WRITE);
	base[0] = i + 1;
	sync_page(base, MS_SYNC);
}

static void write_count(uint64_t i)
{
	uint64_t count = i + 1;

	fill(i);
	sync_page(record(i), MS_SYNC);
	must(pwrite(fd, &count, sizeof(count), 0) == sizeof(count), "pwrite");
	must(FAULT == 10 || fsync(fd) == 0, "fsync");
}

static void put(const char *path, uint64_t i)
{
	if (FAULT == 7 || FAULT == 8) {
		sync_by_file(path, i);
		return;
	}
	if (FAULT == 9 || FAULT == 10) {
		write_count(i);
		return;
	}
	if (FAULT == 3)
		base[0] = i + 1;
	if (FAULT == 3)
		sync_page(base, MS_SYNC);
	fill(i);
	if (FAULT == 5)
		base[0] = i + 1;
	if (FAULT == 4)
		sync_page(record(i), MS_ASYNC);
	else if (FAULT != 1 && FAULT != 2 && FAULT != 6)
		sync_page(record(i), MS_SYNC);
	base[0] = i + 1;
	must(msync(base, FAULT == 1 ? PAGES * PAGE : PAGE, MS_SYNC) == 0, "msync");
}

static int check(void)
{
	uint64_t count = base[0];

	for (uint64_t i = 0; i < count; i++)
		for (uint64_t word = 0; word < 4; word++)
			if (record(i)[word] != i * 1000 + word + 1)
				return printf("record %d of %d is not whole\n", (int)i, (int)count),
				       1;
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	map(argv[1], PROT_READ | PROT_WRITE);
	if (strcmp(argv[2], "check") == 0)
		return check();
	for (uint64_t i = 0; i < strtoull(argv[3], NULL, 10); i++)
		put(argv[1], i);
	return munmap(base, PAGES * PAGE);
}
