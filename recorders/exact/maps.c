/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.c -- which files the program has mapped, and where. */
#include "maps.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record.h"
#include "refuse.h"

uint64_t pmem2_exact_low, pmem2_exact_high, pmem2_exact_base;
bool pmem2_exact_nameless;

static struct exact_file **files;
static struct exact_map *maps;
static size_t file_count, map_count;

size_t pmem2_exact_maps(void)
{
	return map_count;
}

const struct exact_map *pmem2_exact_map(size_t n)
{
	return &maps[n];
}

size_t pmem2_exact_files(void)
{
	return file_count;
}

struct exact_file *pmem2_exact_file(size_t n)
{
	return files[n];
}

const struct exact_map *pmem2_exact_map_of(uint64_t address)
{
	static size_t last;

	if (last < map_count && address - maps[last].address < maps[last].length)
		return &maps[last];
	for (size_t i = 0; i < map_count; i++)
		if (address - maps[i].address < maps[i].length)
			return &maps[last = i];
	return NULL;
}

static void find_limits(void)
{
	uint64_t low = UINT64_MAX, high = 0;

	for (size_t i = 0; i < map_count; i++) {
		const struct exact_map *m = &maps[i];

		low = m->address < low ? m->address : low;
		high = m->address + m->length > high ? m->address + m->length : high;
	}
	pmem2_exact_low = map_count > 0 ? low : 0;
	pmem2_exact_high = high;
}

/* ---- files ---- */

struct exact_file *pmem2_exact_file_of(int fd)
{
	struct stat st;

	if (file_count == 0 || fd < 0 || fstat(fd, &st) != 0)
		return NULL;
	for (size_t i = 0; i < file_count; i++) {
		const struct pf_identity *id = &files[i]->shadow.identity;

		if (id->device == st.st_dev && id->inode == st.st_ino)
			return files[i];
	}
	return NULL;
}

int pmem2_exact_file_open(const struct exact_file *file)
{
	int fd = open(file->shadow.path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pmem2_exact_file_of(fd) == file)
		return fd;
	close(fd);
	return -1;
}

/* Whether it is one that a power cut could harm. */
static bool is_followed(int fd, struct stat *st)
{
	int flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;

	return flags >= 0 && (flags & O_ACCMODE) == O_RDWR && fstat(fd, st) == 0 &&
	       S_ISREG(st->st_mode) && (st->st_nlink > 0 || pmem2_exact_nameless);
}

static struct exact_file *add_file(int fd, const struct stat *st)
{
	struct exact_file **grown = realloc(files, (file_count + 1) * sizeof(struct exact_file *));
	struct exact_file *f = calloc(1, sizeof(*f));
	char link[64];
	ssize_t n;

	if (grown == NULL || f == NULL)
		pmem2_exact_refuse("no memory for a file");
	files = grown;
	f->id = (uint32_t)file_count;
	f->shadow.id = f->id;
	f->shadow.identity = (struct pf_identity){.device = st->st_dev, .inode = st->st_ino};
	f->shadow.size = (size_t)st->st_size;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, f->shadow.path, sizeof(f->shadow.path) - 1);
	f->shadow.path[n > 0 ? n : 0] = '\0';
	pmem2_exact_record_file(f, fd);
	files[file_count++] = f;
	return f;
}

/* ---- pages ---- */

static void make_bits(struct exact_file *file, size_t pages)
{
	size_t words = (pages + 63) / 64, old = file->touched_pages / 64;
	uint64_t *grown = realloc(file->touched, words * sizeof(*grown));

	if (grown == NULL)
		pmem2_exact_refuse("no memory for the pages of %s", file->shadow.path);
	memset(grown + old, 0, (words - old) * sizeof(*grown));
	file->touched = grown;
	file->touched_pages = words * 64;
}

void pmem2_exact_file_touch(struct exact_file *file, size_t offset, size_t length)
{
	size_t last = (offset + length - 1) / PF_PAGE;

	if (offset + length > file->shadow.capacity &&
		pmem2_pf_medium_grow(&file->shadow, offset + length) != 0)
		pmem2_exact_refuse("no memory for %s, which grew", file->shadow.path);
	if (last >= file->touched_pages)
		make_bits(file, last + 1);
	for (size_t page = offset / PF_PAGE; page <= last; page++)
		file->touched[page / 64] |= UINT64_C(1) << page % 64;
}

bool pmem2_exact_file_synchronise(struct exact_file *file, size_t *begin, size_t *length,
	size_t end)
{
	size_t page = *begin / PF_PAGE, pages = (end + PF_PAGE - 1) / PF_PAGE;

	if (pages > file->touched_pages)
		pages = file->touched_pages;
	while (page < pages && (file->touched[page / 64] >> page % 64 & 1) == 0)
		page++;
	*begin = page * PF_PAGE;
	for (*length = 0; page < pages; page++, *length += PF_PAGE) {
		uint64_t bit = UINT64_C(1) << page % 64;

		if ((file->touched[page / 64] & bit) == 0)
			break;
		file->touched[page / 64] &= ~bit;
	}
	return *length > 0;
}

/* ---- mappings ---- */

static void attach(const struct exact_map *map)
{
	struct exact_map *grown = realloc(maps, (map_count + 1) * sizeof(*maps));

	if (grown == NULL)
		pmem2_exact_refuse("no memory for a mapping");
	maps = grown;
	maps[map_count++] = *map;
	pmem2_exact_record_attach(map);
	find_limits();
}

static void detach(size_t n)
{
	struct exact_map map = maps[n];

	maps[n] = maps[--map_count];
	find_limits();
	pmem2_exact_record_detach(&map);
}

static uint64_t whole_pages(uint64_t length)
{
	return (length + PF_PAGE - 1) / PF_PAGE * PF_PAGE;
}

void pmem2_exact_maps_add(uint64_t address, uint64_t length, int fd, uint64_t offset)
{
	struct stat st;
	struct exact_map map = {address, whole_pages(length), offset, NULL};

	if (!is_followed(fd, &st))
		return;
	map.file = pmem2_exact_file_of(fd);
	if (map.file == NULL)
		map.file = add_file(fd, &st);
	else if ((size_t)st.st_size > map.file->shadow.size &&
		 pmem2_pf_medium_grow(&map.file->shadow, (size_t)st.st_size) != 0)
		pmem2_exact_refuse("no memory for %s, which grew", map.file->shadow.path);
	attach(&map);
}

/* What is left of a mapping is there before the mapping goes: nothing of it is lost. */
static void cut(size_t n, uint64_t begin, uint64_t end)
{
	struct exact_map map = maps[n], rest = map;

	if (map.address < begin) {
		rest.length = begin - map.address;
		attach(&rest);
	}
	if (map.address + map.length > end) {
		rest.address = end;
		rest.offset = map.offset + (end - map.address);
		rest.length = map.address + map.length - end;
		attach(&rest);
	}
	detach(n);
}

void pmem2_exact_maps_remove(uint64_t address, uint64_t length)
{
	uint64_t end = address + whole_pages(length);

	for (size_t i = 0; i < map_count;) {
		if (maps[i].address < end && address < maps[i].address + maps[i].length)
			cut(i, address, end);
		else
			i++;
	}
}

void pmem2_exact_maps_move(uint64_t from, uint64_t old_length, uint64_t to, uint64_t length,
	bool keeps_old)
{
	const struct exact_map *old;
	struct exact_map map;

	if (to != from)
		pmem2_exact_maps_remove(to, length);
	old = pmem2_exact_map_of(from);
	if (old == NULL)
		return;
	size_t n = (size_t)(old - maps);

	map = *old;
	map.offset += from - map.address;
	map.address = to;
	map.length = whole_pages(length);
	attach(&map);
	if (!keeps_old)
		cut(n, from, from + whole_pages(old_length));
}
