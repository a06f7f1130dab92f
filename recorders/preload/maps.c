/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.c -- mmap(2), munmap(2), mremap(2), mprotect(2): which files a program maps, and where. */
#include "maps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "next.h"

enum { PAGE = 4096 };

/* A mapping that cannot be written to may become one that can. */
static bool protected_seen;

/* ---- what is to be followed ---- */

static bool is_shared_file(int flags, int fd)
{
	struct stat st;

	if (!pmem2_preload_settings()->on || fd < 0 || (flags & MAP_ANONYMOUS) != 0 ||
		(flags & MAP_TYPE) == MAP_PRIVATE)
		return false;
	/* nothing of a file without a name outlives the process */
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink > 0;
}

/* The library tells the backend of its mappings by itself. */
static bool is_library(const void *site)
{
	static const char own[] = "pmem2_map_get_backend_name";
	Dl_info info, other;
	void *module, *symbol;

	if (dladdr(site, &info) == 0 || strstr(info.dli_fname, "libpmem2.so") == NULL)
		return false;
	module = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
	symbol = module != NULL ? dlsym(module, own) : NULL;
	if (module != NULL)
		dlclose(module);
	return symbol != NULL && dladdr(symbol, &other) != 0 && other.dli_fbase == info.dli_fbase;
}

static enum pmem2_granularity granularity_of(int flags)
{
	const struct preload_settings *s = pmem2_preload_settings();
	bool sync = (flags & MAP_TYPE) == MAP_SHARED_VALIDATE && (flags & MAP_SYNC) != 0;

	if (s->forced >= 0 && (s->all || sync))
		return (enum pmem2_granularity)s->forced;
	return sync ? PMEM2_GRANULARITY_CACHE_LINE : PMEM2_GRANULARITY_PAGE;
}

static void follow(void *address, size_t length, int prot, int flags, int fd)
{
	const struct pf_follow *f;
	int saved = errno, ret;

	if ((prot & PROT_WRITE) == 0) {
		if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR)
			__atomic_store_n(&protected_seen, true, __ATOMIC_RELAXED);
		errno = saved;
		return;
	}
	f = pmem2_preload_start();
	ret = f != NULL ? f->mapped(address, length, fd, granularity_of(flags)) : 0;
	if (ret != 0)
		pmem2_preload_refuse("the mapping of a file cannot be followed: %s",
			strerror(-ret));
	errno = saved;
}

/* ---- mmap and munmap ---- */

/* A file on a disk, taken for persistent memory, has to be had with MAP_SYNC. */
static void *map(void *address, size_t length, int prot, int flags, int fd, off_t offset, bool file)
{
	int forced = pmem2_preload_settings()->forced;
	void *got = NEXT(mmap)(address, length, prot, flags, fd, offset);

	if (got != MAP_FAILED || !file || errno != EOPNOTSUPP ||
		(flags & MAP_TYPE) != MAP_SHARED_VALIDATE || (flags & MAP_SYNC) == 0 ||
		forced < 0 || forced == PMEM2_GRANULARITY_PAGE)
		return got;
	flags = (flags & ~(MAP_TYPE | MAP_SYNC)) | MAP_SHARED;
	return NEXT(mmap)(address, length, prot, flags, fd, offset);
}

void *pmem2_preload_mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset,
	const void *site)
{
	const struct pf_follow *f = pmem2_preload_follow();
	int saved = errno;
	bool file = is_shared_file(flags, fd) && !is_library(site);
	void *got;

	errno = saved;
	if (f != NULL && (flags & MAP_FIXED) != 0)
		f->unmapping(address, length);
	got = map(address, length, prot, flags, fd, offset, file);
	if (file && got != MAP_FAILED)
		follow(got, length, prot, flags, fd);
	return got;
}

PRELOAD_EXPORT void *mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset)
{
	return pmem2_preload_mmap(address, length, prot, flags, fd, offset, SITE);
}

PRELOAD_EXPORT void *mmap64(void *address, size_t length, int prot, int flags, int fd,
	off64_t offset)
{
	return pmem2_preload_mmap(address, length, prot, flags, fd, offset, SITE);
}

int pmem2_preload_munmap(void *address, size_t length)
{
	const struct pf_follow *f = pmem2_preload_follow();

	if (f != NULL && (uintptr_t)address % PAGE == 0 && length > 0)
		f->unmapping(address, length);
	return NEXT(munmap)(address, length);
}

PRELOAD_EXPORT int munmap(void *address, size_t length)
{
	return pmem2_preload_munmap(address, length);
}

/* ---- mremap and mprotect ---- */

static size_t whole_pages(size_t length)
{
	return (length + PAGE - 1) / PAGE * PAGE;
}

/* What of the mapping goes, and what is in the way. */
static void before_move(const struct pf_follow *f, char *from, size_t length, size_t new_length,
	int flags, void *to)
{
	if (whole_pages(new_length) < whole_pages(length))
		f->unmapping(from + whole_pages(new_length),
			whole_pages(length) - whole_pages(new_length));
	if ((flags & MREMAP_FIXED) != 0)
		f->unmapping(to, new_length);
}

PRELOAD_EXPORT void *mremap(void *from, size_t length, size_t new_length, int flags, ...)
{
	const struct pf_follow *f = pmem2_preload_follow();
	void *to = NULL, *got;
	va_list args;

	va_start(args, flags);
	if ((flags & MREMAP_FIXED) != 0)
		to = va_arg(args, void *);
	va_end(args);
	if (f != NULL)
		before_move(f, from, length, new_length, flags, to);
	got = NEXT(mremap)(from, length, new_length, flags, to);
	if (f == NULL || got == MAP_FAILED)
		return got;
	if (length == 0) /* a second mapping of the same */
		f->mapped(got, new_length, -1, granularity_of(0));
	else
		f->moved(from, length < new_length ? length : new_length, got, new_length);
	return got;
}

PRELOAD_EXPORT int mprotect(void *address, size_t length, int prot)
{
	int ret = NEXT(mprotect)(address, length, prot), saved = errno;
	const struct pf_follow *f;

	if (ret != 0 || (prot & PROT_WRITE) == 0 ||
		!__atomic_load_n(&protected_seen, __ATOMIC_RELAXED))
		return ret;
	f = pmem2_preload_start();
	if (f != NULL && f->grade(address, 1) == PF_GRADE_NONE)
		f->mapped(address, length, -1, granularity_of(0));
	errno = saved;
	return ret;
}
