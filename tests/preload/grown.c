/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * grown.c -- a file that grows, and another that says how many pages it has. usage: grown FILE COUNT put | check
 *
 * FAULT: 0 none, by ftruncate(2) and fsync(2); 1 without fsync(2); 2 by fallocate(2) and fdatasync(2); 3 by
 * posix_fallocate(3) alone; 4 by ftruncate(2) and msync(2); 5 by pwrite(2) alone; 6 by pwrite(2) and fdatasync(2); 7 as
 * 0, and cut off again; 8 as 7, and cut off before the count says so; 9 as 0, and the last growth is forgotten; 10 as 0, when the
 * file is mapped no more; 11 as 6, and cut off while the count is synced once more.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, STEPS = 3, PAGES = 16 };

static int fd;
static char *base;
static long *count;

static void must(int done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(3);
}

static void *map(const char *path, size_t length, int *file)
{
	void *got;

	*file = open(path, O_RDWR | O_CREAT, 0600);
	must(*file >= 0 && ftruncate(*file, PAGE) == 0, path);
	got = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
	must(got != MAP_FAILED, "mmap");
	return got;
}

static int grow(off_t pages)
{
	if (FAULT == 2)
		return fallocate(fd, 0, 0, pages * PAGE);
	if (FAULT == 3)
		return posix_fallocate(fd, 0, pages * PAGE);
	if (FAULT == 5 || FAULT == 6 || (FAULT == 11 && pages > 1))
		return pwrite(fd, "end", 4, pages * PAGE - 4) == 4 ? 0 : -1;
	return ftruncate(fd, pages * PAGE);
}

static int sync_file(void)
{
	if (FAULT == 1 || FAULT == 3 || FAULT == 5)
		return 0;
	if (FAULT == 2 || FAULT == 6 || FAULT == 11)
		return fdatasync(fd);
	if (FAULT == 4)
		return msync(base, PAGE, MS_SYNC);
	return fsync(fd);
}

static void say(long pages)
{
	*count = pages;
	must(msync(count, PAGE, MS_SYNC) == 0, "msync");
}

static void put(void)
{
	if (FAULT == 10)
		must(munmap(base, (size_t)PAGES * PAGE) == 0, "munmap");
	for (int i = 2; i < 2 + STEPS; i++) {
		must(grow(i) == 0, "grow");
		must(sync_file() == 0, "sync");
		say(i);
	}
	if (FAULT == 8)
		must(grow(1) == 0 && sync_file() == 0, "cut off");
	count[1] = FAULT == 11;
	if (FAULT == 7 || FAULT == 8 || FAULT == 11)
		say(1);
	if (FAULT == 11) {
		must(grow(1) == 0, "cut off");
		for (long i = 1; i < 4; i++) {
			count[2] = i;
			say(1);
		}
		must(sync_file() == 0, "sync");
	}
	if (FAULT == 7)
		must(grow(1) == 0 && sync_file() == 0, "cut off");
	if (FAULT == 9)
		must(grow(PAGES) == 0, "grow");
}

/* What is written to the end of each page is there. */
static int is_whole(const char *file, long pages)
{
	int in = open(file, O_RDONLY);
	char end[4] = "";

	for (long i = 2; (FAULT == 6 || FAULT == 11) && i <= pages; i++)
		if (pread(in, end, sizeof(end), i * PAGE - 4) != 4 || memcmp(end, "end", 4) != 0)
			return 0;
	return 1;
}

static int check(const char *file, const char *other)
{
	struct stat st;
	long said[2] = {0}, pages;
	int in = open(other, O_RDONLY);

	if (in < 0)
		return 0; /* it is not there yet */
	must(read(in, said, sizeof(said)) == sizeof(said) && stat(file, &st) == 0, "check");
	pages = said[0];
	if (st.st_size >= pages * PAGE)
		return !is_whole(file, said[1] != 0 ? st.st_size / PAGE : pages);
	printf("%ld bytes are not %ld pages\n", (long)st.st_size, pages);
	return 1;
}

int main(int argc, char *argv[])
{
	int other;

	must(argc == 4, "usage: grown FILE COUNT put | check");
	if (strcmp(argv[3], "check") == 0)
		return check(argv[1], argv[2]);
	base = map(argv[1], (size_t)PAGES * PAGE, &fd);
	count = map(argv[2], PAGE, &other);
	put();
	return 0;
}
