/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * placement.c -- address space: reserve it, align in it, map into it, give it back.
 *
 * Nothing here maps with MAP_FIXED over a reservation: some file systems refuse such a
 * mapping after the kernel has removed what was there, and another thread takes the hole. Files
 * are mapped where nothing is, and moved.
 */
#include "placement.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "error.h"
#include "source.h"
#include "small_file.h"

static const size_t two_mib = (size_t)2 << 20;
static const size_t one_gib = (size_t)1 << 30;

/* The boundary that lets the kernel use pages as large as the mapping has. */
static size_t huge_boundary(size_t length)
{
	return length >= 2 * one_gib ? one_gib : two_mib;
}

static bool is_aligned(const void *address, size_t alignment)
{
	return ((uintptr_t)address & (alignment - 1)) == 0;
}

static void *reserve_at(void *at, size_t length, int fixed)
{
	return mmap(at, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1,
		0);
}

/* Cuts an aligned piece out of a reservation that is longer than it. */
static void *trim(char *wide, size_t wide_length, size_t length, size_t alignment)
{
	uintptr_t begin = ((uintptr_t)wide + alignment - 1) & ~(uintptr_t)(alignment - 1);
	size_t before = begin - (uintptr_t)wide;
	size_t after = wide_length - before - length;

	if (before > 0)
		munmap(wide, before);
	if (after > 0)
		munmap((char *)begin + length, after);

	return (void *)begin;
}

static size_t whole_pages(size_t length)
{
	size_t page = pmem2_page_size();

	return (length + page - 1) & ~(page - 1);
}

/* MAP_FAILED and errno, or reserved space on that boundary with nothing hidden around it. */
static void *reserve_aligned(size_t length, size_t alignment)
{
	void *address = reserve_at(NULL, length, 0);

	if (address == MAP_FAILED || is_aligned(address, alignment))
		return address;

	munmap(address, length);
	size_t pages = whole_pages(length);
	if (pages < length || pages + alignment < pages) {
		errno = ENOMEM;
		return MAP_FAILED;
	}

	size_t wide_length = pages + alignment - pmem2_page_size();
	char *wide = reserve_at(NULL, wide_length, 0);
	return wide == MAP_FAILED ? wide : trim(wide, wide_length, pages, alignment);
}

/* One mmap(2); flags are those beside sharing. */
static void *map_with(const struct pmem2_placement *w, void *hint, int flags)
{
	int sharing = w->shared ? MAP_SHARED : MAP_PRIVATE;

	if ((flags & MAP_SYNC) != 0)
		sharing = MAP_SHARED_VALIDATE;
	if (w->fd < 0)
		flags |= MAP_ANONYMOUS;

	return mmap(hint, w->length, w->protection, sharing | flags, w->fd, w->offset);
}

/*
 * Maps with MAP_SYNC where that is granted. Its refusal means that a store is not durable when
 * its line is; every other error is final.
 */
static void *map_synchronously(const struct pmem2_placement *w, void *hint,
	struct pmem2_placed *placed)
{
	void *address = map_with(w, hint, MAP_SYNC);

	placed->synchronous = address != MAP_FAILED;
	placed->sync_errno = address != MAP_FAILED ? 0 : errno;
	if (address == MAP_FAILED && (errno == EINVAL || errno == EOPNOTSUPP))
		address = map_with(w, hint, 0);

	return address;
}

static void *map_somewhere(const struct pmem2_placement *w, void *hint, struct pmem2_placed *placed)
{
	if (w->fd >= 0 && w->shared)
		return map_synchronously(w, hint, placed);

	return map_with(w, hint, 0);
}

/* Reserves that place, or fails: EEXIST if something is there. */
static void *reserve_exactly(void *at, size_t length)
{
	void *got = reserve_at(at, length, MAP_FIXED_NOREPLACE);

	/* before Linux 4.17 the flag is unknown, and the address a hint */
	if (got == MAP_FAILED || got == at)
		return got;

	munmap(got, length);
	errno = EEXIST;
	return MAP_FAILED;
}

/*
 * Moves a mapping to a place. A reservation holds the place until the move replaces it: a place
 * that is only looked for can be taken by another thread each time it is tried.
 */
static bool move(void *address, size_t length, void *reserved)
{
	if (reserved == MAP_FAILED)
		return false;
	if (mremap(address, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, reserved) != MAP_FAILED)
		return true;

	int error = errno;
	munmap(reserved, whole_pages(length));
	errno = error;
	return false;
}

/* Moves a mapping to that boundary, or removes it. */
static void *align(void *address, size_t length, size_t alignment)
{
	void *place = reserve_aligned(length, alignment);

	if (move(address, length, place))
		return place;

	int error = errno;
	munmap(address, length);
	errno = error;
	return MAP_FAILED;
}

/*
 * The end of space that was free when it was last seen: where the latest aligned mapping begins, or where
 * one ended that is gone, if that is higher; 0: nothing is known. The kernel fills its address space
 * downwards, so the next mapping probably fits below, and one that is made again comes to the
 * address that it had. A guess that is wrong costs two calls of mmap(2).
 */
static _Atomic(uintptr_t) ceiling;

static void *guess(size_t length, size_t alignment)
{
	uintptr_t end = atomic_load_explicit(&ceiling, memory_order_relaxed);

	return end > length ? (void *)((end - length) & ~(uintptr_t)(alignment - 1)) : NULL;
}

/* What was mapped there is gone: the place is as good as before. */
static void forget(const void *address, size_t length)
{
	uintptr_t end = (uintptr_t)address + whole_pages(length);
	uintptr_t known = atomic_load_explicit(&ceiling, memory_order_relaxed);

	while (known != 0 && known < end && !atomic_compare_exchange_weak(&ceiling, &known, end))
		;
}

/*
 * Maps it at the place of the guess, if that is free. A hint alone would not do: for a file that may have huge
 * pages the kernel looks for a longer place, and passes over one that just fits. Nor would
 * MAP_FIXED_NOREPLACE: the kernel refuses it together with MAP_SYNC. So what comes to another
 * address is moved.
 */
static void *map_near(const struct pmem2_placement *wanted, size_t alignment,
	struct pmem2_placed *placed)
{
	/* Device DAX sees to its boundary itself, but not if it is hinted at a place that is taken */
	bool own_boundary = wanted->alignment > pmem2_page_size();
	void *place = alignment > 1 ? guess(wanted->length, alignment) : NULL;
	void *address = map_somewhere(wanted, own_boundary ? NULL : place, placed);

	if (place == NULL || address == MAP_FAILED || address == place)
		return address;

	return move(address, wanted->length, reserve_exactly(place, wanted->length)) ? place
	                                                                             : address;
}

int pmem2_place(const struct pmem2_placement *wanted, struct pmem2_placed *placed)
{
	size_t alignment = wanted->length >= two_mib ? huge_boundary(wanted->length) : 1;

	*placed = (struct pmem2_placed){0};
	if (wanted->alignment > alignment)
		alignment = wanted->alignment;

	void *address = map_near(wanted, alignment, placed);
	if (address != MAP_FAILED && !is_aligned(address, alignment))
		address = align(address, wanted->length, alignment);
	if (address == MAP_FAILED)
		return -errno;

	if (alignment > 1)
		atomic_store_explicit(&ceiling, (uintptr_t)address, memory_order_relaxed);
	placed->address = address;
	return 0;
}

int pmem2_placement_error(const char *call, int error)
{
	char limit[32];

	if (error != ENOMEM ||
		pmem2_small_file_read("/proc/sys/vm/max_map_count", limit, sizeof(limit)) != 0)
		return pmem2_err(-error, "%s: %s", call, strerror(error));

	return pmem2_err(-ENOMEM,
		"%s: Cannot allocate memory, or no address space, or more than vm.max_map_count "
		"(%s) mappings in this process: raise it with sysctl",
		call, limit);
}

/*
 * Reserves a place again, if it is free: mremap(2) removes what is at the new place first, and may then
 * fail for want of memory.
 */
static void fill(void *place, size_t length)
{
	reserve_exactly(place, length);
}

int pmem2_placement_move(void *from, void *to, size_t length)
{
	if (mremap(from, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
		int error = errno;

		fill(to, length);
		return pmem2_placement_error("mremap", error);
	}

	forget(from, length);
	return 0;
}

int pmem2_placement_vacate(void *address, size_t length)
{
	/* the one MAP_FIXED: a plain anonymous mapping, which no file system can refuse */
	if (reserve_at(address, length, MAP_FIXED) == MAP_FAILED)
		return pmem2_placement_error("mmap", errno);

	return 0;
}

int pmem2_placement_reserve(void *at, size_t length, void **address)
{
	void *got = at == NULL ? reserve_aligned(length, huge_boundary(length))
	                       : reserve_exactly(at, length);

	if (got == MAP_FAILED)
		return pmem2_placement_error("mmap", errno);

	*address = got;
	return 0;
}

int pmem2_placement_release(void *address, size_t length)
{
	if (munmap(address, length) != 0)
		return pmem2_placement_error("munmap", errno);

	forget(address, length);
	return 0;
}
