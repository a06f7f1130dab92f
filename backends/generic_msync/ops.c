/* SPDX-License-Identifier: BSD-3-Clause */
/* msync(2) makes any file mapping durable, by pages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include LINE_H

#define BACKEND generic_msync
#define TUNING  pmem2_generic_msync_tuning

/* msync(2) flushes; put_lines() is never asked to */
static inline void flush_line(const char *line)
{
	(void)line;
}

#include "../memops.tmpl.h"

/* The caller cannot be told, and going on would lose data silently. */
static _Noreturn void give_up(const char *begin, size_t length, int error)
{
	char text[160];
	int n = snprintf(text, sizeof(text), "libpmem2: msync of %zu bytes at %p failed: %s\n",
		length, (const void *)begin, strerror(error));

	if (write(STDERR_FILENO, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1) < 0)
		abort();
	abort();
}

/* 0 or an errno */
static int sync_pages(char *begin, size_t length, int how)
{
	while (msync(begin, length, how))
		if (errno != EINTR)
			return errno;
	return 0;
}

/*
 * The kernel syncs every mapped part of the range and says ENOMEM at the end if there were holes,
 * which is fine. A file system can run out of memory too; MS_ASYNC only walks the mappings, so
 * that it succeeds where there is no hole to blame. Where there is one, nothing tells the two apart.
 * 0 or an errno.
 */
static int sync_range(const void *ptr, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *begin = (char *)((uintptr_t)ptr & ~(page - 1));
	uintptr_t end = (uintptr_t)ptr + size;

	if (!size)
		return 0;
	if (end < (uintptr_t)ptr || end > -page)
		end = -page; /* no mapping reaches the last page; msync takes no range that wraps */
	size_t length = ((end + page - 1) & ~(page - 1)) - (uintptr_t)begin;

	int error = sync_pages(begin, length, MS_SYNC);
	return error == ENOMEM && sync_pages(begin, length, MS_ASYNC) ? 0 : error;
}

static void page_persist(const void *ptr, size_t size)
{
	int saved = errno;
	int error = sync_range(ptr, size);

	if (error)
		give_up(ptr, size, error);
	errno = saved;
}

int pmem2_generic_msync_sync(const void *ptr, size_t size, unsigned how, const void *site);

int pmem2_generic_msync_sync(const void *ptr, size_t size, unsigned how, const void *site)
{
	(void)how;
	(void)site;
	return -sync_range(ptr, size);
}

static void page_drain(void)
{
}

/* Temporal whatever is asked: msync writes what the page cache has. */
enum { PAGE_FLAGS = PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_TEMPORAL };

static void *page_memmove(void *dest, const void *src, size_t len, unsigned flags)
{
	byte_memmove(dest, src, len, PAGE_FLAGS);
	if (!(flags & PMEM2_F_MEM_NOFLUSH))
		page_persist(dest, len);
	return dest;
}

static void *page_memset(void *dest, int c, size_t len, unsigned flags)
{
	byte_memset(dest, c, len, PAGE_FLAGS);
	if (!(flags & PMEM2_F_MEM_NOFLUSH))
		page_persist(dest, len);
	return dest;
}

const struct pmem2_variant pmem2_generic_msync = {
	.name = "generic_msync",
	.needs = ISA_NEEDS,
	.serves = PMEM2_SERVES_PAGE,
	.persist = page_persist,
	.flush = page_persist,
	.drain = page_drain,
	.deep_persist = page_persist,
	.memmove = page_memmove,
	.memset = page_memset,
};

const struct pmem2_variant pmem2_generic_msync_byte = {
	.name = "generic_msync-byte",
	.needs = ISA_NEEDS,
	.serves = PMEM2_SERVES_VOLATILE,
	.persist = byte_persist,
	.flush = byte_flush,
	.drain = byte_drain,
	.deep_persist = byte_persist,
	.memmove = byte_memmove,
	.memset = byte_memset,
};
