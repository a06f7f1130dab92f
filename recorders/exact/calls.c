/* SPDX-License-Identifier: BSD-3-Clause */
/* calls.c -- system calls of the program. */
#include "calls.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "call_table.h"
#include "compare.h"
#include "events.h"
#include "record.h"
#include "refuse.h"
#include "stray.h"

static bool is_arm;

void pmem2_exact_calls_init(bool arm)
{
	is_arm = arm;
}

void pmem2_exact_on_enter(uint64_t id, unsigned cpu, int64_t number, uint64_t a, uint64_t b,
	uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h)
{
	struct exact_thread *t = pmem2_exact_thread(cpu);
	const uint64_t arguments[] = {a, b, c, d, e, f};

	(void)id;
	(void)g;
	(void)h;
	pmem2_exact_settle(t);
	t->call = number;
	for (int i = 0; i < 6; i++)
		t->argument[i] = arguments[i];
}

/* ---- memory that a call wrote to ---- */

/* Of what was written there, the part that is in a mapping. */
static void filled(struct exact_thread *t, uint64_t address, uint64_t length)
{
	const struct exact_map *map = pmem2_exact_map_of(address);

	if (map != NULL)
		pmem2_exact_compare(t, map, address, length, PF_STORE_BY_CALL, 0);
}

static void filled_vector(struct exact_thread *t, uint64_t left)
{
	const struct iovec *piece = pmem2_exact_memory(t->argument[1]);

	for (uint64_t i = 0; i < t->argument[2] && left > 0; i++) {
		uint64_t n = piece[i].iov_len < left ? piece[i].iov_len : left;

		filled(t, (uintptr_t)piece[i].iov_base, n);
		left -= n;
	}
}

/* Nobody knows what it did with arguments that point into mappings. */
static void filled_somehow(struct exact_thread *t)
{
	for (int i = 0; i < 6; i++) {
		const struct exact_map *map = pmem2_exact_is_near(t->argument[i])
		                                      ? pmem2_exact_map_of(t->argument[i])
		                                      : NULL;

		if (map != NULL)
			pmem2_exact_compare_map(t, map, PF_STORE_BY_CALL);
	}
}

/* ---- files that a call wrote to ---- */

static void changed(struct exact_thread *t, const struct exact_file *file)
{
	for (size_t i = 0; i < pmem2_exact_maps(); i++)
		if (pmem2_exact_map(i)->file == file)
			pmem2_exact_compare_map(t, pmem2_exact_map(i), PF_STORE_BY_CALL);
}

static void changed_file(struct exact_thread *t, int fd)
{
	struct exact_file *file = pmem2_exact_file_of(fd);
	struct stat st;

	if (file == NULL || fstat(fd, &st) != 0)
		return;
	if ((size_t)st.st_size <= file->shadow.size)
		file->shadow.size = (size_t)st.st_size;
	else if (pmem2_pf_medium_grow(&file->shadow, (size_t)st.st_size) != 0)
		pmem2_exact_refuse("no memory for %s, which grew", file->shadow.path);
	changed(t, file);
}

/* What is mapped of [offset, offset + length) of a file. */
static void wrote(struct exact_thread *t, int fd, uint64_t offset, uint64_t length)
{
	struct exact_file *file = pmem2_exact_file_of(fd);

	if (file == NULL)
		return;
	for (size_t i = 0; i < pmem2_exact_maps(); i++) {
		const struct exact_map *m = pmem2_exact_map(i);
		uint64_t begin = offset > m->offset ? offset : m->offset;
		uint64_t end = offset + length < m->offset + m->length ? offset + length
		                                                       : m->offset + m->length;

		if (m->file == file && begin < end)
			pmem2_exact_compare(t, m, m->address + (begin - m->offset), end - begin,
				PF_STORE_BY_CALL, 0);
	}
}

/* ---- durability by the kernel ---- */

static void synchronise(struct exact_file *file, size_t begin, size_t end)
{
	size_t length;

	for (; pmem2_exact_file_synchronise(file, &begin, &length, end); begin += length)
		pmem2_exact_record_flush(PF_THREAD_MSYNC, file, begin, length, PF_FLUSH_CALL, 0);
}

static void synchronised_range(uint64_t address, uint64_t length)
{
	for (size_t i = 0; i < pmem2_exact_maps(); i++) {
		const struct exact_map *m = pmem2_exact_map(i);
		uint64_t begin = address > m->address ? address : m->address;
		uint64_t end = address + length < m->address + m->length ? address + length
		                                                         : m->address + m->length;

		if (begin < end)
			synchronise(m->file, m->offset + (begin - m->address),
				m->offset + (end - m->address));
	}
	pmem2_exact_record_drain(PF_THREAD_MSYNC, PF_DRAIN_CALL, 0);
}

static void synchronised_file(struct exact_file *file)
{
	if (file == NULL)
		return;
	synchronise(file, 0, SIZE_MAX - PF_PAGE);
	pmem2_exact_record_drain(PF_THREAD_MSYNC, PF_DRAIN_CALL, 0);
}

/* ---- mappings ---- */

static void mapped(const uint64_t *argument, uint64_t address)
{
	int flags = (int)argument[3];
	bool shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;

	pmem2_exact_maps_remove(address, argument[1]);
	if (shared && (flags & MAP_ANONYMOUS) == 0)
		pmem2_exact_maps_add(address, argument[1], (int)argument[4], argument[5]);
}

static void call_on_mappings(struct exact_thread *t, enum exact_call kind, int64_t result)
{
	const uint64_t *a = t->argument;

	if (kind == EXACT_CALL_MMAP)
		mapped(a, (uint64_t)result);
	else if (kind == EXACT_CALL_MUNMAP)
		pmem2_exact_maps_remove(a[0], a[1]);
	else if (kind == EXACT_CALL_MREMAP)
		pmem2_exact_maps_move(a[0], a[1], (uint64_t)result, a[2],
			a[1] == 0 || (a[3] & MREMAP_DONTUNMAP) != 0);
}

static void call_on_memory(struct exact_thread *t, enum exact_call kind, uint64_t result)
{
	const uint64_t *a = t->argument;

	if (kind == EXACT_CALL_FILLS_1)
		filled(t, a[0], result);
	else if (kind == EXACT_CALL_FILLS_2)
		filled(t, a[1], result);
	else if (kind == EXACT_CALL_FILLS_VECTOR)
		filled_vector(t, result);
	else if (kind == EXACT_CALL_UNKNOWN)
		filled_somehow(t);
}

static void call_on_files(struct exact_thread *t, enum exact_call kind, uint64_t result)
{
	const uint64_t *a = t->argument;
	int fd = (int)a[0];

	if (kind == EXACT_CALL_WRITES && pmem2_exact_file_of(fd) != NULL)
		wrote(t, fd, (uint64_t)lseek(fd, 0, SEEK_CUR) - result, result);
	else if (kind == EXACT_CALL_WRITES_AT)
		wrote(t, fd, a[3], result);
	else if (kind == EXACT_CALL_CHANGES_1)
		changed_file(t, fd);
	else if (kind == EXACT_CALL_CHANGES_3)
		changed_file(t, (int)a[2]);
	else if (kind == EXACT_CALL_MSYNC)
		synchronised_range(a[0], a[1]);
	else if (kind == EXACT_CALL_FSYNC)
		synchronised_file(pmem2_exact_file_of(fd));
}

void pmem2_exact_on_leave(uint64_t id, unsigned cpu, int64_t number, int64_t result)
{
	struct exact_thread *t = pmem2_exact_thread(cpu);
	enum exact_call kind = pmem2_exact_call_kind(number, is_arm);

	(void)id;
	if (result < 0 && result > -4096)
		return;
	if (kind == EXACT_CALL_BRK)
		pmem2_exact_stray_brk((uint64_t)result);
	if (kind == EXACT_CALL_BRK || kind == EXACT_CALL_HARMLESS ||
		(pmem2_exact_high == 0 && kind != EXACT_CALL_MMAP))
		return;
	pmem2_exact_lock(t);
	call_on_mappings(t, kind, result);
	call_on_memory(t, kind, (uint64_t)result);
	call_on_files(t, kind, (uint64_t)result);
	pmem2_exact_unlock(t);
}
