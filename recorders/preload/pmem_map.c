/* SPDX-License-Identifier: BSD-3-Clause */
/* pmem_map.c -- the functions of libpmem that map files, and those that ask about mappings. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maps.h"
#include "next.h"
#include "pmem.h"

enum { PAGE = 4096 };
enum { CREATE = 1, EXCL = 2, SPARSE = 4, TMPFILE = 8, ALL = 15 };

static int fail(const char *what)
{
	int error = errno;

	return pmem2_preload_error(error, "%s: %s", what, strerror(error));
}

/* ---- pmem_map_file ---- */

static int check(size_t length, int flags)
{
	if ((flags & ~ALL) != 0)
		return pmem2_preload_error(EINVAL, "there are no flags %#x of pmem_map_file()",
			(unsigned)flags & ~(unsigned)ALL);
	if ((flags & CREATE) == 0 && length != 0)
		return pmem2_preload_error(EINVAL,
			"length is %zu; without PMEM_FILE_CREATE it has to be 0", length);
	if ((flags & CREATE) == 0 && (flags & TMPFILE) != 0)
		return pmem2_preload_error(EINVAL, "PMEM_FILE_TMPFILE wants PMEM_FILE_CREATE");
	if ((flags & CREATE) != 0 && (length == 0 || (ssize_t)length < 0))
		return pmem2_preload_error(EINVAL,
			"a file of %zu bytes cannot be made: 1 to %zd can be had", length,
			SSIZE_MAX);
	return 0;
}

/* A file without a name, in a directory. */
static int open_temporary(const char *directory, int flags)
{
	char name[PATH_MAX];
	int fd = open(directory,
		O_TMPFILE | O_RDWR | O_CLOEXEC | ((flags & EXCL) != 0 ? O_EXCL : 0), 0600);

	if (fd >= 0 || errno != EOPNOTSUPP)
		return fd;
	if (snprintf(name, sizeof(name), "%s/pmem.XXXXXX", directory) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

/* *made: the file was not there before. */
static int open_file(const char *path, int flags, mode_t mode, bool *made)
{
	int fd;

	*made = false;
	if ((flags & TMPFILE) != 0)
		return open_temporary(path, flags);
	if ((flags & CREATE) == 0)
		return open(path, O_RDWR | O_CLOEXEC);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	*made = fd >= 0;
	if (fd < 0 && errno == EEXIST && (flags & EXCL) == 0)
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
	return fd;
}

static int set_length(int fd, size_t length, int flags)
{
	int error;

	if (ftruncate(fd, (off_t)length) != 0)
		return fail("ftruncate");
	if ((flags & SPARSE) != 0)
		return 0;
	error = posix_fallocate(fd, 0, (off_t)length);
	errno = error;
	return error == 0 ? 0 : fail("posix_fallocate");
}

/* What of it is persistent memory is had with MAP_SYNC. */
static void *map(int fd, size_t length, const void *site)
{
	const struct preload_settings *s = pmem2_preload_settings();
	const char *hint = secure_getenv("PMEM_MMAP_HINT");
	void *at = hint != NULL ? (void *)(uintptr_t)strtoull(hint, NULL, 16) : NULL;
	void *got = MAP_FAILED;

	if (s->is_pmem != 0 && s->forced != PMEM2_GRANULARITY_PAGE)
		got = pmem2_preload_mmap(at, length, PROT_READ | PROT_WRITE,
			MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0, site);
	if (got == MAP_FAILED)
		got = pmem2_preload_mmap(at, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0,
			site);
	return got;
}

static void *map_file(int fd, size_t *length, int flags, const void *site)
{
	struct stat st;
	void *got;

	if ((flags & CREATE) != 0 && set_length(fd, *length, flags) != 0)
		return NULL;
	if (fstat(fd, &st) != 0) {
		fail("fstat");
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		pmem2_preload_error(EINVAL,
			"it is no regular file, which is all that can be recorded");
		return NULL;
	}
	*length = (size_t)st.st_size;
	got = map(fd, *length, site);
	if (got == MAP_FAILED) {
		fail("mmap");
		return NULL;
	}
	return got;
}

PRELOAD_EXPORT void *pmem_map_file(const char *path, size_t length, int flags, mode_t mode,
	size_t *mapped_length, int *is_pmem)
{
	void *got;
	bool made;
	int fd, error;

	pmem2_preload_require();
	if (check(length, flags) != 0)
		return NULL;
	fd = open_file(path, flags, mode, &made);
	if (fd < 0) {
		fail(path);
		return NULL;
	}
	got = map_file(fd, &length, flags, SITE);
	error = errno;
	close(fd);
	if (got == NULL && made)
		unlink(path);
	errno = error;
	if (got != NULL && mapped_length != NULL)
		*mapped_length = length;
	if (got != NULL && is_pmem != NULL)
		*is_pmem = pmem_is_pmem(got, length);
	return got;
}

PRELOAD_EXPORT int pmem_unmap(void *address, size_t length)
{
	return pmem2_preload_munmap(address, length) == 0 ? 0 : fail("munmap");
}

/* ---- questions ---- */

/* Whoever is told that it is persistent memory flushes it line by line from then on. */
PRELOAD_EXPORT int pmem_is_pmem(const void *address, size_t length)
{
	const struct preload_settings *s = pmem2_preload_settings();
	const struct pf_follow *f = pmem2_preload_follow();
	int grade = f != NULL ? f->grade(address, length) : PF_GRADE_NONE;
	bool fine = grade != PF_GRADE_NONE && grade < PMEM2_GRANULARITY_PAGE;

	pmem2_preload_require();
	if (s->is_pmem == 0)
		return 0;
	if (grade == PMEM2_GRANULARITY_PAGE && s->forced >= 0 && s->forced < grade) {
		f->regrade((void *)(uintptr_t)address, length, (enum pmem2_granularity)s->forced);
		return 1;
	}
	return fine || (s->is_pmem == 1 && length > 0);
}

PRELOAD_EXPORT int pmem_has_hw_drain(void)
{
	return 0;
}

PRELOAD_EXPORT int pmem_has_auto_flush(void)
{
	return pmem2_preload_settings()->forced == PMEM2_GRANULARITY_BYTE;
}

/* ---- msync, and what is deep ---- */

static int sync_pages(const void *address, size_t length, const void *site)
{
	uintptr_t begin = (uintptr_t)address / PAGE * PAGE;

	if (pmem2_preload_msync((void *)begin, length + ((uintptr_t)address - begin), MS_SYNC,
		    site) != 0)
		return fail("msync");
	return 0;
}

PRELOAD_EXPORT int pmem_msync(const void *address, size_t length)
{
	return sync_pages(address, length, SITE);
}

/* What is not known for persistent memory can be made durable by msync(2) alone. */
static int drain_deep(const void *address, size_t length, const void *site)
{
	const struct pf_follow *f = pmem2_preload_follow();
	int grade = f != NULL ? f->grade(address, length) : PF_GRADE_NONE;

	if (length == 0)
		return 0;
	if (grade == PF_GRADE_NONE || grade == PMEM2_GRANULARITY_PAGE)
		return sync_pages(address, length, site);
	pmem_drain();
	return 0;
}

PRELOAD_EXPORT int pmem_deep_drain(const void *address, size_t length)
{
	return drain_deep(address, length, SITE);
}

PRELOAD_EXPORT int pmem_deep_persist(const void *address, size_t length)
{
	pmem_deep_flush(address, length);
	return drain_deep(address, length, SITE);
}
