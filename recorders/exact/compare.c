/* SPDX-License-Identifier: BSD-3-Clause */
/* compare.c -- stores of which QEMU did not tell. */
#include "compare.h"

#include <string.h>
#include <unistd.h>

#include "record.h"
#include "powerfail/snapshot.h"

enum {
	PER_EVENT = 1024,  /* bytes compared for a fence: that costs a tenth of a microsecond */
	AT_ONCE = 1 << 16, /* bytes: not at each fence */
};

static size_t earned; /* bytes that may be compared */

/* The next run of bytes that differ, from *at on, before end; up to a line. */
static bool find_run(const char *a, const char *b, size_t *at, size_t *length, size_t end)
{
	size_t i = *at;

	while (i < end && a[i] == b[i])
		i++;
	if (i >= end)
		return false;
	*at = i;
	for (*length = 0; i < end && a[i] != b[i] && *length < PF_LINE; i++)
		(*length)++;
	return true;
}

/* What the file holds at an offset, against its shadow. */
static size_t compare_bytes(const struct exact_thread *thread, struct exact_file *file,
	size_t offset, const char *bytes, size_t length, unsigned flags, uint32_t stack)
{
	const char *shadow = file->shadow.durable + offset;
	size_t found = 0, run;

	if (memcmp(bytes, shadow, length) == 0)
		return 0;
	for (size_t at = 0; find_run(bytes, shadow, &at, &run, length); at += run) {
		pmem2_exact_record_store(thread, file, offset + at, bytes + at, run, flags, stack);
		found += run;
	}
	return found;
}

size_t pmem2_exact_compare(const struct exact_thread *thread, const struct exact_map *map,
	uint64_t address, size_t length, unsigned flags, uint32_t stack)
{
	size_t offset = map->offset + (address - map->address);

	if (address < map->address) {
		length -= map->address - address;
		return pmem2_exact_compare(thread, map, map->address, length, flags, stack);
	}
	if (address + length > map->address + map->length)
		length = map->address + map->length - address;
	if (offset >= map->file->shadow.capacity)
		return 0;
	if (offset + length > map->file->shadow.capacity)
		length = map->file->shadow.capacity - offset;
	return compare_bytes(thread, map->file, offset, pmem2_exact_memory(address), length, flags,
		stack);
}

/* Only a system call makes a hole where something was. It is not read: its pages would be made. */
static size_t compare_hole(const struct exact_thread *thread, const struct exact_map *map,
	size_t begin, size_t end, unsigned flags)
{
	static const char zeros[PF_PAGE];
	size_t found = 0;

	if ((flags & PF_STORE_BY_CALL) == 0)
		return 0;
	if (end > map->file->shadow.capacity)
		end = map->file->shadow.capacity;
	for (size_t n; begin < end; begin += n) {
		n = PF_PAGE - begin % PF_PAGE < end - begin ? PF_PAGE - begin % PF_PAGE
		                                            : end - begin;
		found += compare_bytes(thread, map->file, begin, zeros, n, flags, 0);
	}
	return found;
}

static size_t compare_extents(const struct exact_thread *thread, const struct exact_map *map,
	size_t begin, size_t end, unsigned flags)
{
	int fd = pmem2_exact_file_open(map->file);
	size_t at = begin, stop = end, hole = begin, found = 0;

	if (fd < 0) /* the name is gone, or another file's */
		return pmem2_exact_compare(thread, map, map->address + (begin - map->offset),
			end - begin, flags, 0);
	while (at < end && pmem2_pf_snapshot_extent(fd, &at, &stop)) {
		found += compare_hole(thread, map, hole, at, flags);
		found += pmem2_exact_compare(thread, map, map->address + (at - map->offset),
			stop - at, flags, 0);
		hole = at = stop;
		stop = end;
	}
	close(fd);
	return found + compare_hole(thread, map, hole, end, flags);
}

/* Where the mapping ends, or the file: nothing is there to be read. */
static size_t end_of(const struct exact_map *map)
{
	size_t size = (map->file->shadow.size + PF_PAGE - 1) / PF_PAGE * PF_PAGE;

	return map->offset + map->length < size ? map->offset + map->length : size;
}

size_t pmem2_exact_compare_map(const struct exact_thread *thread, const struct exact_map *map,
	unsigned flags)
{
	size_t end = end_of(map);

	return map->offset < end ? compare_extents(thread, map, map->offset, end, flags) : 0;
}

void pmem2_exact_compare_all(const struct exact_thread *thread)
{
	for (size_t i = 0; i < pmem2_exact_maps(); i++)
		pmem2_exact_compare_map(thread, pmem2_exact_map(i), PF_STORE_UNSEEN);
}

static void compare_next(const struct exact_thread *thread, const struct exact_map *map)
{
	struct exact_file *f = map->file;
	size_t begin = f->compared, end = end_of(map);

	if (begin < map->offset || begin >= end)
		begin = map->offset;
	if (end > begin + earned)
		end = begin + earned;
	if (begin < end)
		compare_extents(thread, map, begin, end, PF_STORE_UNSEEN);
	f->compared = end;
}

void pmem2_exact_compare_some(const struct exact_thread *thread)
{
	static size_t next;

	earned += PER_EVENT;
	if (earned < AT_ONCE || pmem2_exact_maps() == 0)
		return;
	compare_next(thread, pmem2_exact_map(next++ % pmem2_exact_maps()));
	earned = 0;
}
