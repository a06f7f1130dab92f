/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * calls.c -- whether the recorder stands for libpmem as its manual has it: arguments, errors, errno.
 * usage: calls DIRECTORY, which is empty
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pmem.h"

enum { CREATE = 1, EXCL = 2, SPARSE = 4, TMPFILE = 8, NOFLUSH = 32, MIB = 1 << 20 };

static int wrong;

#define WANT(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "line %d: %s: errno %d, %s\n", __LINE__, #condition, \
				errno, pmem_errormsg()); \
			wrong = 1; \
		} \
	} while (0)

/* Whether a file is refused, with that error. */
static int refused(int error, const char *path, size_t length, int flags)
{
	size_t mapped = 7;
	int is_pmem = 7;

	errno = 0;
	return pmem_map_file(path, length, flags, 0600, &mapped, &is_pmem) == NULL &&
	       errno == error && pmem_errormsg()[0] != '\0' && mapped == 7 && is_pmem == 7;
}

static size_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

static void try_refusals(void)
{
	WANT(refused(ENOENT, "none", 0, 0));
	WANT(refused(EINVAL, "none", 4096, 0));
	WANT(refused(EINVAL, "none", 0, CREATE));
	WANT(refused(EINVAL, "none", SIZE_MAX, CREATE));
	WANT(refused(EINVAL, "none", 4096, CREATE | 64));
	WANT(refused(EINVAL, ".", 0, TMPFILE));
	WANT(refused(EISDIR, ".", 0, 0));
	WANT(refused(EINVAL, "/dev/null", 0, 0));
	WANT(access("none", F_OK) != 0);
	WANT(refused(EFBIG, "huge", (size_t)1 << 62, CREATE | SPARSE) ||
		refused(EINVAL, "huge", (size_t)1 << 62, CREATE | SPARSE));
	WANT(access("huge", F_OK) != 0); /* what could not be made is not left */
}

static void try_files(void)
{
	size_t mapped;
	int is_pmem;
	char *p = pmem_map_file("file", 10000, CREATE | EXCL, 0640, &mapped, &is_pmem);

	WANT(p != NULL && mapped == 10000 && is_pmem == 1 && size_of("file") == 10000);
	WANT(pmem_unmap(p, mapped) == 0);
	WANT(refused(EEXIST, "file", 4096, CREATE | EXCL));
	p = pmem_map_file("file", 5000, CREATE, 0640, &mapped, &is_pmem);
	WANT(p != NULL && mapped == 5000 && size_of("file") == 5000);
	WANT(pmem_unmap(p, mapped) == 0);
	p = pmem_map_file("file", 0, 0, 0, NULL, NULL);
	WANT(p != NULL);
	WANT(pmem_unmap(p, 5000) == 0);
	p = pmem_map_file("sparse", MIB, CREATE | SPARSE, 0600, &mapped, &is_pmem);
	WANT(p != NULL && mapped == MIB);
	WANT(pmem_unmap(p, MIB) == 0);
	p = pmem_map_file(".", MIB, CREATE | TMPFILE, 0600, &mapped, NULL);
	WANT(p != NULL && mapped == MIB);
	WANT(pmem_unmap(p, MIB) == 0);
}

static void try_questions(void)
{
	static char own[4096];
	char *p = pmem_map_file("file", MIB, CREATE, 0600, NULL, NULL);

	WANT(pmem_is_pmem(p, MIB) == 1 && pmem_is_pmem(p + 5, 100) == 1);
	WANT(pmem_is_pmem(p, 0) == 0 && pmem_is_pmem(p, 2 * MIB) == 0);
	WANT(pmem_is_pmem(own, sizeof(own)) == 0);
	WANT(pmem_unmap(p + MIB / 2, 4096) == 0);
	WANT(pmem_is_pmem(p, MIB) == 0 && pmem_is_pmem(p, MIB / 2) == 1);
	WANT(pmem_is_pmem(p + MIB / 2 + 4096, 4096) == 1);
	WANT(pmem_unmap(p, MIB) == 0 && pmem_is_pmem(p, 4096) == 0);
	WANT(pmem_has_hw_drain() == 0 && pmem_has_auto_flush() == 0);
	WANT(pmem_check_version(1, 0) == NULL && pmem_check_version(1, 1) == NULL);
	WANT(pmem_check_version(2, 0) != NULL && pmem_check_version(1, 2) != NULL);
}

static void try_stores(void)
{
	char own[8] = "abcdefg";
	char *p = pmem_map_file("file", MIB, CREATE, 0600, NULL, NULL);

	errno = 33;
	pmem_persist(p, 100);
	pmem_flush(p, 0);
	pmem_drain();
	pmem_deep_flush(p, 100);
	WANT(pmem_memcpy_persist(own, "xyz", 3) == own && memcmp(own, "xyzdefg", 8) == 0);
	WANT(pmem_memmove(own + 1, own, 6, 0) == own + 1 && memcmp(own, "xxyzdef", 8) == 0);
	WANT(pmem_memset(p, 7, 100, NOFLUSH) == p && p[99] == 7 && p[100] == 0);
	WANT(pmem_memset_nodrain(p, 0, 100) == p);
	pmem_persist(p, 100);
	WANT(errno == 33);
	WANT(pmem_msync(p + 100, 10) == 0 && pmem_deep_persist(p, 100) == 0);
	WANT(pmem_deep_drain(p, 100) == 0 && pmem_deep_drain(p, 0) == 0);
	WANT(pmem_unmap(p, MIB) == 0);
	errno = 0;
	WANT(pmem_msync(p, 4096) == -1 && errno == ENOMEM);
	errno = 0;
	WANT(pmem_deep_drain(p, 4096) == -1 && errno == ENOMEM); /* it is not known: msync(2) */
	errno = 0;
	WANT(pmem_unmap(p + 1, 4096) == -1 && errno == EINVAL);
}

int main(int argc, char *argv[])
{
	if (argc < 2 || chdir(argv[1]) != 0)
		return 2;
	try_refusals();
	try_files();
	try_questions();
	try_stores();
	return wrong;
}
