/* SPDX-License-Identifier: BSD-3-Clause */
/* contents.c -- what the operations leave in memory, beside it, in errno, and what they return. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"

enum {
	ROOM = 1 << 20,  /* bytes of each area */
	CANARIES = 4096, /* before and after the range that are looked at */
	MIDDLE = ROOM / 2,
	STRANGE = 0x5a5a, /* an errno that nothing sets */
};

static struct finding *finding;
static const struct subject *subject;
static unsigned char *area, *expected; /* what the variant made, and what is right */

__attribute__((__format__(__printf__, 1, 2))) static void broken(const char *format, ...)
{
	va_list args;

	if (finding->outcome != KEPT)
		return;
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	finding->outcome = BROKEN;
}

static void expect_errno(const char *operation, size_t size)
{
	if (errno != STRANGE)
		broken("%s of %zu bytes changed errno to %d", operation, size, errno);
	errno = STRANGE;
}

static void fill(void)
{
	for (size_t i = 0; i < ROOM; i++)
		area[i] = (unsigned char)(i * 7 + i / 251);
	memcpy(expected, area, ROOM);
}

/* Compares the range and what is around it; what is wrong there is put right for the next call. */
static void compare(const char *operation, size_t at, size_t size, const char *how)
{
	size_t begin = at - CANARIES, end = at + size + CANARIES;

	if (memcmp(area + begin, expected + begin, end - begin) == 0)
		return;
	for (size_t i = begin; i < end; i++) {
		if (area[i] == expected[i])
			continue;
		if (i < at || i >= at + size)
			broken("%s of %zu bytes at %zu%s stored outside: byte %zd of the range",
				operation, size, at % 64, how, (ssize_t)(i - at));
		else
			broken("%s of %zu bytes at %zu%s left byte %zu wrong", operation, size,
				at % 64, how, i - at);
		break;
	}
	memcpy(area + begin, expected + begin, end - begin);
}

static void move(size_t at, size_t from, size_t size, unsigned flags)
{
	bool overlaps = at < from + size && from < at + size;
	void *returned = subject->variant->memmove(area + at, area + from, size, flags);

	expect_errno("memmove", size);
	memmove(expected + at, expected + from, size);
	if (returned != area + at)
		broken("memmove of %zu bytes does not return its destination", size);
	compare("memmove", at, size,
		!overlaps   ? ""
		: at > from ? ", overlapping from below,"
		: at < from ? ", overlapping from above,"
			    : ", onto itself,");
	finding->calls++;
}

static void set(size_t at, int c, size_t size, unsigned flags)
{
	void *returned = subject->variant->memset(area + at, c, size, flags);

	expect_errno("memset", size);
	memset(expected + at, c, size);
	if (returned != area + at)
		broken("memset of %zu bytes does not return its destination", size);
	compare("memset", at, size, "");
	finding->calls++;
}

static void flush_all(size_t at, size_t size)
{
	subject->variant->flush(area + at, size);
	expect_errno("flush", size);
	subject->variant->drain();
	expect_errno("drain", 0);
	subject->variant->persist(area + at, size);
	expect_errno("persist", size);
	subject->variant->deep_persist(area + at, size);
	expect_errno("deep_persist", size);
	compare("flush", at, size, "");
	finding->calls += 4;
}

static void check_at(size_t at, size_t size, unsigned flags)
{
	size_t shift = 1 + conformance_random(size + 64);

	move(at, conformance_random(MIDDLE / 4), size, flags);
	move(at, at - shift, size, flags);
	move(at, at + shift, size, flags);
	move(at, at, size, flags);
	set(at, (int)conformance_random(1000), size, flags);
}

static void check_sizes_of_0(void)
{
	const struct pmem2_variant *v = subject->variant;

	v->flush(area, 0);
	v->persist(area + 1, 0);
	v->deep_persist(area + 63, 0);
	v->flush(NULL, 0);
	v->persist(NULL, 0);
	v->deep_persist(NULL, 0);
	expect_errno("flush and persist", 0);
	for (unsigned flags = 0; flags <= PMEM2_F_MEM_VALID_FLAGS; flags++) {
		if (v->memmove(NULL, NULL, 0, flags) != NULL ||
			v->memset(NULL, 1, 0, flags) != NULL)
			broken("a copy of 0 bytes does not return its destination");
		expect_errno("memmove or memset", 0);
	}
	finding->calls += 6 + 2 * (PMEM2_F_MEM_VALID_FLAGS + 1);
}

/* Of a file: at PAGE msync(2) has something to write. */
static bool make_areas(void)
{
	int fd = memfd_create("conformance", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, ROOM) != 0)
		return false;
	area = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expected = malloc(ROOM);
	return area != MAP_FAILED && expected != NULL;
}

void contents_check(const struct subject *tested, struct finding *found)
{
	subject = tested;
	finding = found;
	if (!make_areas()) {
		broken("no memory to test in: %s", strerror(errno));
		return;
	}

	fill();
	errno = STRANGE;
	check_sizes_of_0();
	for (size_t size = 0; size < 300; size++)
		check_at(MIDDLE + conformance_random(64), size, (unsigned)size % 64);
	for (unsigned flags = 0; flags <= PMEM2_F_MEM_VALID_FLAGS; flags++)
		for (size_t offset = 0; offset < 64; offset += 7)
			check_at(MIDDLE + offset, conformance_random(5000), flags);
	for (size_t i = 0; i < 40; i++) {
		size_t large = conformance_random(200000);

		check_at(MIDDLE + conformance_random(64), large, (unsigned)conformance_random(64));
		flush_all(MIDDLE + conformance_random(64), large);
		flush_all(MIDDLE + conformance_random(64), i * 3);
	}
}
