/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * odd.c -- mappings that are not one file from its begin to its end, right and wrong. usage: odd DIRECTORY WAY FAULT
 *
 * WAY: fixed, the middle of a mapping is replaced by one of another file; reused, two files one after another at
 * one address; long, the mapping is longer than the file, which grows; grown, by mremap(2); protected, it
 * becomes writable later; raw, all by system calls of its own; two, one file is mapped twice; stolen, a mapping ends
 * by a system call of its own, and another file is there. FAULT: 1 the last store is not made durable.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 8, BOTH = PROT_READ | PROT_WRITE };

static int fault;

static void must(int done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(3);
}

static int make(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	must(fd >= 0 && ftruncate(fd, (off_t)size) == 0, path);
	return fd;
}

static char *map(void *at, size_t size, int how, int flags, int fd)
{
	char *got = mmap(at, size, how, MAP_SHARED | flags, fd, 0);

	must(got != MAP_FAILED, "mmap");
	return got;
}

static void put(char *at, const char *text, int durable)
{
	strcpy(at, text);
	if (durable)
		must(msync(at - (uintptr_t)at % PAGE, PAGE, MS_SYNC) == 0, "msync");
}

static void fixed(void)
{
	int a = make("a", PAGES * PAGE), b = make("b", PAGE);
	char *at = map(NULL, PAGES * PAGE, BOTH, 0, a);

	put(at + 2 * PAGE, "before", 1);
	map(at + 2 * PAGE, PAGE, BOTH, MAP_FIXED, b);
	put(at + PAGE, "left", 1);
	put(at + 3 * PAGE, "right", 1);
	put(at + 2 * PAGE, "middle", !fault);
	must(munmap(at, PAGES * PAGE) == 0, "munmap");
}

static void reused(void)
{
	char *at = map(NULL, PAGE, BOTH, 0, make("a", PAGE));

	put(at, "first", 1);
	must(munmap(at, PAGE) == 0, "munmap");
	map(at, PAGE, BOTH, MAP_FIXED, make("b", PAGE));
	put(at, "second", !fault);
}

static void stolen(void)
{
	char *at = map(NULL, PAGE, BOTH, 0, make("a", PAGE));

	put(at, "first", 1);
	must(syscall(SYS_munmap, at, PAGE) == 0, "munmap");
	must(map(at, PAGE, BOTH, MAP_FIXED_NOREPLACE, make("b", PAGE)) == at, "mmap");
	put(at, "second", !fault);
}

static void longer(void)
{
	int a = make("a", PAGE);
	char *at = map(NULL, PAGES * PAGE, BOTH, 0, a);

	put(at, "first", 1);
	must(ftruncate(a, PAGES * PAGE) == 0, "ftruncate");
	put(at + 5 * PAGE, "second", !fault);
}

static void grown(void)
{
	char *at = map(NULL, PAGE, BOTH, 0, make("a", PAGES * PAGE));

	put(at, "first", 1);
	at = mremap(at, PAGE, PAGES * PAGE, MREMAP_MAYMOVE);
	must(at != MAP_FAILED, "mremap");
	put(at + 5 * PAGE, "second", 1);
	put(at, "third", !fault);
	at = mremap(at, PAGES * PAGE, 2 * PAGE, 0);
	must(at != MAP_FAILED, "mremap");
	put(at + PAGE, "last", 1);
}

static void protected(void)
{
	char *at = map(NULL, PAGE, PROT_READ, 0, make("a", PAGE));

	must(mprotect(at, PAGE, BOTH) == 0, "mprotect");
	put(at, "first", !fault);
}

static void raw(void)
{
	int a = make("a", PAGE);
	char *at = (char *)syscall(SYS_mmap, NULL, PAGE, BOTH, MAP_SHARED, a, 0);

	must(at != MAP_FAILED, "mmap");
	put(at, "unseen", 0);
}

static void two(void)
{
	int a = make("a", PAGES * PAGE);
	char *at = map(NULL, PAGES * PAGE, BOTH, 0, a), *more = map(NULL, PAGE, BOTH, 0, a);

	put(more, "first", 1);
	must(munmap(more, PAGE) == 0, "munmap");
	put(at, "second", !fault);
	must(msync(at + PAGE, PAGE, MS_SYNC) == 0, "msync");
	must(msync(at + 1, PAGE, MS_SYNC) != 0 && errno == EINVAL, "an unaligned address");
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*way)(void);
	} ways[] = {{"fixed", fixed}, {"reused", reused}, {"stolen", stolen}, {"long", longer},
		{"grown", grown}, {"protected", protected}, {"raw", raw}, {"two", two}};

	if (argc < 4)
		return 2;
	must(chdir(argv[1]) == 0, argv[1]);
	fault = atoi(argv[3]);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[2]) == 0)
			return ways[i].way(), 0;
	return 2;
}
