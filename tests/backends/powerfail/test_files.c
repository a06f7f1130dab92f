/* SPDX-License-Identifier: BSD-3-Clause */
/* test_files.c -- which file a mapping shows, and what it held before. */
#include "files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "unit.h"

enum { SIZE = 4 * PF_PAGE };

static int fd;
static char path[] = "/tmp/pmem2-files.XXXXXX";
static struct stat status;
static struct pf_medium wanted;
static struct pf_map map;

static void setup(void)
{
	char page[PF_PAGE];

	unit_engine();
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	for (int i = 0; i < SIZE / PF_PAGE; i++) {
		memset(page, 'a' + i, sizeof(page));
		ck_assert_int_eq(write(fd, page, sizeof(page)), PF_PAGE);
	}
	ck_assert_int_eq(fstat(fd, &status), 0);
	memset(&wanted, 0, sizeof(wanted));
	memset(&map, 0, sizeof(map));
}

static void teardown(void)
{
	unlink(path);
}

static void map_pages(int first, int count, int flags)
{
	map.length = (size_t)count * PF_PAGE;
	map.address = mmap(NULL, map.length, PROT_READ | PROT_WRITE, flags,
		(flags & MAP_ANONYMOUS) != 0 ? -1 : fd, first * PF_PAGE);
	ck_assert_ptr_ne(map.address, MAP_FAILED);
}

static void assert_is_the_file(void)
{
	ck_assert_uint_eq(wanted.identity.device, status.st_dev);
	ck_assert_uint_eq(wanted.identity.inode, status.st_ino);
	ck_assert_str_eq(wanted.path, path);
}

START_TEST(by_its_descriptor)
{
	map_pages(1, 2, MAP_SHARED);
	ck_assert(pmem2_pf_files_identify(&map, fd, &wanted));
	assert_is_the_file();
	ck_assert_uint_eq(map.offset, PF_PAGE);
	ck_assert_uint_eq(wanted.size, SIZE);
}
END_TEST

/* The kernel's list of mappings knows it; the size is as far as it is mapped. */
START_TEST(without_a_descriptor)
{
	map_pages(1, 2, MAP_SHARED);
	ck_assert(pmem2_pf_files_identify(&map, -1, &wanted));
	ck_assert_uint_eq(wanted.identity.inode, status.st_ino);
	ck_assert_str_eq(wanted.path, path);
	ck_assert_uint_eq(map.offset, PF_PAGE);
	ck_assert_uint_eq(wanted.size, 3 * PF_PAGE);
}
END_TEST

START_TEST(a_map_in_the_middle_of_a_mapping)
{
	map_pages(0, 4, MAP_SHARED);
	map.address += 2 * PF_PAGE;
	map.length = PF_PAGE;
	ck_assert(pmem2_pf_files_identify(&map, fd, &wanted));
	ck_assert_uint_eq(map.offset, 2 * PF_PAGE);
}
END_TEST

START_TEST(what_ends_with_the_process_is_not_followed)
{
	map_pages(0, 1, MAP_PRIVATE);
	ck_assert(!pmem2_pf_files_identify(&map, fd, &wanted));
	map_pages(0, 1, MAP_PRIVATE | MAP_ANONYMOUS);
	ck_assert(!pmem2_pf_files_identify(&map, -1, &wanted));
}
END_TEST

static struct pf_medium *add(int from)
{
	int error = -1;

	ck_assert(pmem2_pf_files_identify(&map, from, &wanted));
	struct pf_medium *medium = pmem2_pf_files_add(&wanted, &map, from, &error);

	ck_assert_int_eq(error, 0);
	ck_assert_ptr_nonnull(medium);
	return medium;
}

START_TEST(what_it_held_is_durable)
{
	map_pages(1, 2, MAP_SHARED);
	struct pf_medium *medium = add(fd);

	memset(map.address, 'x', map.length);
	for (int i = 0; i < SIZE / PF_PAGE; i++)
		ck_assert_int_eq(medium->durable[i * PF_PAGE], 'a' + i);
	ck_assert_uint_eq(medium->size, SIZE);
	ck_assert_uint_eq(medium->id, 0);
	ck_assert_uint_eq(ENGINE->media_count, 1);
	ck_assert_ptr_eq(ENGINE->media[0], medium);
	ck_assert_int_ge(medium->fd, 0);
}
END_TEST

/* Nobody else has its name by now: it is known as far as it is mapped. */
START_TEST(of_a_file_without_a_name_or_descriptor)
{
	map_pages(1, 2, MAP_SHARED);
	unlink(path);
	struct pf_medium *medium = add(-1);

	ck_assert_int_eq(medium->fd, -1);
	ck_assert_int_eq(medium->durable[0], 0);
	ck_assert_int_eq(medium->durable[PF_PAGE], 'b');
	ck_assert_int_eq(medium->durable[2 * PF_PAGE], 'c');
}
END_TEST

START_TEST(a_file_is_found_by_what_it_is)
{
	map_pages(0, 1, MAP_SHARED);
	struct pf_medium *medium = add(fd);
	struct pf_identity id = medium->identity;

	ck_assert_ptr_eq(pmem2_pf_files_find(&id), medium);
	id.inode++;
	ck_assert_ptr_null(pmem2_pf_files_find(&id));
	id = medium->identity;
	id.device++;
	ck_assert_ptr_null(pmem2_pf_files_find(&id));
}
END_TEST

/* An inode number is given again. Not each file system tells when the file was made. */
START_TEST(another_file_with_its_number_is_another)
{
	map_pages(0, 1, MAP_SHARED);
	struct pf_medium *medium = add(fd);
	struct pf_identity id = medium->identity;

	medium->identity.born = 1000;
	id.born = 1001;
	ck_assert_ptr_null(pmem2_pf_files_find(&id));
	id.born = 0;
	ck_assert_ptr_eq(pmem2_pf_files_find(&id), medium);
	medium->identity.born = 0;
	id.born = 1001;
	ck_assert_ptr_eq(pmem2_pf_files_find(&id), medium);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		by_its_descriptor,
		without_a_descriptor,
		a_map_in_the_middle_of_a_mapping,
		what_ends_with_the_process_is_not_followed,
		what_it_held_is_durable,
		of_a_file_without_a_name_or_descriptor,
		a_file_is_found_by_what_it_is,
		another_file_with_its_number_is_another,
		NULL,
	};

	return unit_run_with("files", tests, setup, teardown);
}
