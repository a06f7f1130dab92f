/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * alloc.c -- the library allocates by the program's malloc and calloc, and lives without.
 */
#include "api.h"

#define SEEN __attribute__((visibility("default")))
SEEN void *my_malloc(size_t size) __asm__("malloc");
SEEN void *my_calloc(size_t n, size_t size) __asm__("calloc");
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);

static int calls;
static bool exhausted;

void *my_malloc(size_t size)
{
	calls++;
	return exhausted ? NULL : __libc_malloc(size);
}

void *my_calloc(size_t n, size_t size)
{
	calls++;
	return exhausted ? NULL : __libc_calloc(n, size);
}

/* the code of a call without memory, of which errno says nothing; Check must not print meanwhile */
#define without_memory(call) \
	do { \
		calls = 0; \
		exhausted = true; \
		errno = 0; \
		int ret = (call); \
		exhausted = false; \
		ck_assert_msg(ret == -ENOMEM, "%s: %d (%s)", #call, ret, pmem2_errormsg()); \
		ck_assert_int_gt(calls, 0); \
		ck_assert(*pmem2_errormsg()); \
	} while (0)

START_TEST(malloc_and_calloc_are_the_programs)
{
	struct pmem2_config *cfg;
	struct pmem2_source *src;
	struct pmem2_map *map;
	calls = 0;
	works(pmem2_config_new(&cfg));
	works(pmem2_source_from_anon(&src, PAGE));
	ck_assert_int_ge(calls, 2);
	calls = 0;
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	works(pmem2_map_new(&map, cfg, src));
	ck_assert_int_ge(calls, 1);
}
END_TEST

START_TEST(objects_are_not_made_without_memory)
{
	struct pmem2_config *cfg;
	struct pmem2_source *src;
	struct pmem2_vm_reservation *rsv;
	int fd = api_file(PAGE);
	without_memory(pmem2_config_new(&cfg));
	without_memory(pmem2_source_from_fd(&src, fd));
	ck_assert_ptr_null(src);
	without_memory(pmem2_source_from_anon(&src, PAGE));
	without_memory(pmem2_vm_reservation_new(&rsv, NULL, PAGE));
	ck_assert_ptr_null(rsv);
}
END_TEST

START_TEST(maps_are_not_made_without_memory)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(PAGE));
	struct pmem2_map *map = api_map(cfg, src);
	without_memory(pmem2_map_new(&map, cfg, src));
	ck_assert_ptr_null(map);
	char memory[8];
	without_memory(pmem2_map_from_existing(&map, src, memory, 8, api_line()));
	works(pmem2_map_from_existing(&map, src, memory, 8, api_line()));
}
END_TEST

API_MAIN("alloc", malloc_and_calloc_are_the_programs, objects_are_not_made_without_memory,
	maps_are_not_made_without_memory)
