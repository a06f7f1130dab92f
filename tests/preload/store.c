/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * store.c -- records in a file, by libpmem. usage: store FILE MODE N | FILE check
 *
 * MODE: right; unflushed, the record; undrained, the record and the count have one drain; mapped, by the program
 * itself, which asks whether that is persistent memory; unasked, it does not; synced, by pmem_msync(); copied,
 * by pmem_memcpy_persist(); deep, by pmem_deep_persist(); nodrain, by copies without drain, and one; forked, all by a child
 * process; moved, the mapping is by mremap(2) each time.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pmem.h"

enum { RECORDS = 64, CREATE = 1 };

struct record {
	uint64_t value, inverse, reserved[6];
};

struct file {
	uint64_t count, reserved[7];
	struct record record[RECORDS];
};

static const char *mode;
static size_t length = 16384;

static int is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, pmem_errormsg());
	exit(3);
}

static struct file *map_it(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	void *at;

	if (fd < 0 || ftruncate(fd, (off_t)length) != 0)
		fail(path);
	at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED || (is("mapped") && !pmem_is_pmem(at, length)))
		fail("it is no persistent memory");
	return at;
}

static struct file *map_file(const char *path)
{
	size_t mapped;
	int is_pmem;
	struct file *f;

	if (is("mapped") || is("unasked"))
		return map_it(path);
	f = pmem_map_file(path, length, CREATE, 0600, &mapped, &is_pmem);
	if (f == NULL || mapped != length || is_pmem != !is("synced"))
		fail(path);
	return f;
}

static void make_durable(const void *at, size_t size)
{
	if (is("synced")) {
		if (pmem_msync(at, size) != 0)
			fail("pmem_msync");
	} else if (is("deep")) {
		if (pmem_deep_persist(at, size) != 0)
			fail("pmem_deep_persist");
	} else {
		pmem_persist(at, size);
	}
}

static void put(struct file *f)
{
	uint64_t n = f->count;
	struct record *r = &f->record[n];
	struct record filled = {.value = n + 1, .inverse = ~(n + 1)};

	if (is("copied"))
		pmem_memcpy_persist(r, &filled, sizeof(filled));
	else if (is("nodrain"))
		pmem_memmove_nodrain(r, &filled, sizeof(filled));
	else
		*r = filled;
	if (is("nodrain"))
		pmem_drain();
	else if (is("undrained"))
		pmem_flush(r, sizeof(*r));
	else if (!is("unflushed") && !is("copied"))
		make_durable(r, sizeof(*r));
	f->count = n + 1;
	make_durable(&f->count, sizeof(f->count));
}

static int check(const char *path)
{
	static struct file f;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, &f, sizeof(f)) != sizeof(f))
		return 2;
	for (uint64_t i = 0; i < f.count; i++)
		if (f.record[i].value != i + 1 || f.record[i].inverse != ~(i + 1))
			return printf("record %d of %d is not whole\n", (int)i, (int)f.count), 1;
	return 0;
}

static struct file *move_it(struct file *f)
{
	void *room = mmap(NULL, 2 * length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	f = mremap(f, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, room);
	if (f == MAP_FAILED)
		fail("mremap");
	return f;
}

static void put_all(struct file **f, int count)
{
	for (int i = 0; i < count; i++) {
		if (is("moved"))
			*f = move_it(*f);
		put(*f);
	}
}

static void put_by_child(struct file *f, int count)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		put_all(&f, count);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		fail("fork");
}

int main(int argc, char *argv[])
{
	struct file *f;

	if (argc == 3 && strcmp(argv[2], "check") == 0)
		return check(argv[1]);
	if (argc < 4)
		return 2;
	mode = argv[2];
	f = map_file(argv[1]);
	if (is("forked"))
		put_by_child(f, atoi(argv[3]));
	else
		put_all(&f, atoi(argv[3]));
	return pmem_unmap(f, length);
}
