/* SPDX-License-Identifier: BSD-3-Clause */
/* functions.c -- the functions in the EXAMPLES of the manual pages do what the pages say. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../core/unit.h"

enum {
	PAGES = 4,
};

struct entry {
	uint64_t valid;
	char text[56];
};

/* in the order of the pages' names */
int repair(const struct pmem2_source *src);
int map_part(struct pmem2_map **map, const struct pmem2_source *src, size_t offset, size_t length);
int mark_clean(struct pmem2_map *map, uint64_t *dirty);
int close_map(struct pmem2_map **map);
void store_both(struct pmem2_map *map, char *to, const char *head, size_t head_size,
	const char *body, size_t body_size);
void store_entry(struct pmem2_map *map, struct entry *entry, const char text[56]);
int map_fd(struct pmem2_map **map, int fd);
void describe(struct pmem2_map *map);
struct pmem2_map *map_file(const char *path);
char *dimms_of(const struct pmem2_source *src);
int rounded_size(int fd, size_t *size);
int read_header(struct pmem2_source *src, void *header, size_t size);
int map_beside(struct pmem2_vm_reservation **rsv, struct pmem2_map *maps[2],
	struct pmem2_config *cfg, struct pmem2_source *sources[2], size_t size);
size_t count_maps(struct pmem2_vm_reservation *rsv);

static char path[] = "functions.XXXXXX";
static size_t page;
static int fd;
static struct pmem2_source *src;
static struct pmem2_map *map;

static void make_file(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)(PAGES * page + 5)), 0);
	works(pmem2_source_from_fd(&src, fd));
	map = map_file(path);
	ck_assert_ptr_nonnull(map);
}

static void remove_file(void)
{
	works(close_map(&map));
	ck_assert_ptr_null(map);
	works(pmem2_source_delete(&src));
	close(fd);
	unlink(path);
}

START_TEST(stores)
{
	char *begin = pmem2_map_get_address(map);
	struct entry *entry = (struct entry *)(void *)(begin + 2048);

	store_both(map, begin, "head", 4, "body", 5);
	ck_assert_str_eq(begin, "headbody");
	store_entry(map, entry, (char[56]){"an entry"});
	ck_assert_uint_eq(entry->valid, 1);
	ck_assert_str_eq(entry->text, "an entry");
	works(mark_clean(map, &entry->valid));
	ck_assert_uint_eq(entry->valid, 0);
	describe(map);

	char header[9];
	works(read_header(src, header, sizeof(header)));
	ck_assert_str_eq(header, "headbody");
	ck_assert_int_eq(read_header(src, header, SIZE_MAX), PMEM2_E_LENGTH_OUT_OF_RANGE);
}
END_TEST

START_TEST(maps)
{
	struct pmem2_map *other;
	size_t size;

	ck_assert_uint_eq(pmem2_map_get_size(map), PAGES * page + 5);
	works(map_part(&other, src, page, 2 * page));
	ck_assert_uint_eq(pmem2_map_get_size(other), 2 * page);
	works(close_map(&other));
	ck_assert_int_eq(map_part(&other, src, 1, page), PMEM2_E_OFFSET_UNALIGNED);

	works(map_fd(&other, fd));
	works(close_map(&other));
	works(rounded_size(fd, &size));
	ck_assert_uint_eq(size, PAGES * page);
	ck_assert_ptr_null(map_file("."));
}
END_TEST

/* What a file system on a disk, or none of those that can tell, makes of both. */
START_TEST(devices)
{
	int ret = repair(src);
	char *id = dimms_of(src);

	ck_assert_msg(ret >= 0 || ret == PMEM2_E_NOSUPP || ret > PMEM2_E_UNKNOWN, "%d", ret);
	free(id);
}
END_TEST

START_TEST(reservation)
{
	struct pmem2_source *sources[2] = {src, src};
	struct pmem2_vm_reservation *rsv;
	struct pmem2_config *cfg;
	struct pmem2_map *both[2];

	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	works(pmem2_config_set_length(cfg, 2 * page));
	works(map_beside(&rsv, both, cfg, sources, 2 * page));
	ck_assert_ptr_eq((char *)pmem2_map_get_address(both[0]) + 2 * page,
		pmem2_map_get_address(both[1]));
	ck_assert_uint_eq(count_maps(rsv), 2);

	works(close_map(&both[0]));
	works(close_map(&both[1]));
	ck_assert_uint_eq(count_maps(rsv), 0);
	works(pmem2_vm_reservation_delete(&rsv));
	works(pmem2_config_delete(&cfg));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {stores, maps, devices, reservation, NULL};

	return unit_run_with("functions", tests, make_file, remove_file);
}
