/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * general.c -- what holds for the library as a whole: its functions, descriptors, surroundings.
 */
#include "api.h"
#include "interpose.h"

#include <sched.h>
#include <sys/mount.h>

struct functions {
	pmem2_persist_fn persist;
	pmem2_flush_fn flush;
	pmem2_drain_fn drain;
	pmem2_memmove_fn memmove;
	pmem2_memcpy_fn memcpy;
	pmem2_memset_fn memset;
};

static struct functions of(struct pmem2_map *map)
{
	struct functions f = {pmem2_get_persist_fn(map), pmem2_get_flush_fn(map),
		pmem2_get_drain_fn(map), pmem2_get_memmove_fn(map), pmem2_get_memcpy_fn(map),
		pmem2_get_memset_fn(map)};
	ck_assert(f.persist && f.flush && f.drain && f.memmove && f.memcpy && f.memset);
	return f;
}

static void same(struct functions a, struct functions b)
{
	ck_assert(a.persist == b.persist);
	ck_assert(a.flush == b.flush);
	ck_assert(a.drain == b.drain);
	ck_assert(a.memmove == b.memmove);
	ck_assert(a.memcpy == b.memcpy);
	ck_assert(a.memset == b.memset);
}

static struct pmem2_map *existing(enum pmem2_granularity g)
{
	struct pmem2_map *map;
	works(pmem2_map_from_existing(&map, api_source(api_file(PAGE)), malloc(100), 100, g));
	return map;
}

START_TEST(functions_are_the_same_for_every_map_of_one_granularity)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct functions first = of(api_map_forced(api_forced[g], PAGE));
		same(first, of(api_map_forced(api_forced[g], 3 * MiB)));
		same(first, of(existing(api_granularity(g))));
	}
	struct functions page = of(api_map_forced("PAGE", PAGE));
	same(page, of(api_map_file(PAGE)));
}
END_TEST

START_TEST(functions_of_anonymous_and_private_are_those_of_byte)
{
	if (api_line() != PMEM2_GRANULARITY_CACHE_LINE)
		cannot("no CPU backend runs here");
	struct functions byte = of(api_map_forced("BYTE", PAGE));
	struct pmem2_config *cfg = api_config();
	same(byte, of(api_map(cfg, api_anon(PAGE))));
	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	same(byte, of(api_map(cfg, api_source(api_file(PAGE)))));
}
END_TEST

static void use(struct functions f, char *at, size_t size)
{
	ck_assert_ptr_eq(f.memset(at, 'a', size, 0), at);
	char *half = at + size / 2;
	ck_assert_ptr_eq(f.memcpy(half, "word", 4, 0), half);
	ck_assert_ptr_eq(f.memmove(half + 1, half, 4, 0), half + 1);
	f.flush(at, size);
	f.drain();
	f.persist(at, size);
	ck_assert_int_eq(memcmp(half, "wword", 5), 0);
	ck_assert_int_eq(at[size - 1], 'a');
}

START_TEST(functions_work_on_any_memory)
{
	static char in_data[3000];
	char on_the_stack[3000], *on_the_heap = malloc(3000);
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct functions f = of(api_map_forced(api_forced[g], PAGE));
		use(f, in_data, 3000);
		use(f, on_the_stack, 3000);
		use(f, on_the_heap, 3000);
		for (size_t other = 0; other < api_forced_count(); other++)
			use(f, pmem2_map_get_address(api_map_forced(api_forced[other], PAGE)),
				PAGE);
	}
	free(on_the_heap);
}
END_TEST

START_TEST(functions_work_after_map_delete)
{
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = api_map_forced(api_forced[g], PAGE);
		struct functions f = of(map);
		works(pmem2_map_delete(&map));
		use(f, malloc(500), 500);
		use(f, pmem2_map_get_address(api_map_forced(api_forced[g], PAGE)), PAGE);
	}
}
END_TEST

/* everything that a program does with a file, from the source to the last delete */
static void whole_life(int fd, struct pmem2_vm_reservation *rsv, int *most)
{
	struct pmem2_source *src = api_source(fd);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_vm_reservation(cfg, rsv, 0));
	struct pmem2_map *map = api_map(cfg, src);
	use(of(map), pmem2_map_get_address(map), PAGE);
	works(pmem2_deep_flush(map, pmem2_map_get_address(map), PAGE));
	struct pmem2_badblock_context *ctx;
	works(pmem2_badblock_context_new(&ctx, src));
	struct pmem2_badblock bb;
	fails(pmem2_badblock_next(ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND);
	int node, now = api_count_fds();
	*most = now > *most ? now : *most;
	fails(pmem2_source_numa_node(src, &node), PMEM2_E_DAX_REGION_NOT_FOUND);
	fails(pmem2_source_device_id(src, NULL, &(size_t){0}), PMEM2_E_NOSUPP);
	pmem2_badblock_context_delete(&ctx);
	works(pmem2_map_delete(&map));
	works(pmem2_config_delete(&cfg));
	works(pmem2_source_delete(&src));
}

START_TEST(no_descriptor_stays_open_between_calls)
{
	int fd = api_file(2 * PAGE);
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	int before = api_count_fds(), most = 0;
	for (int i = 0; i < 3; i++) {
		whole_life(fd, i % 2 ? rsv : NULL, &most);
		ck_assert_int_eq(api_count_fds(), before);
	}
	ck_assert_int_eq(most, before);
	for (size_t g = 0; g < api_forced_count(); g++) {
		setenv("PMEM2_FORCE_GRANULARITY", api_forced[g], 1);
		whole_life(fd, NULL, &most);
		ck_assert_int_eq(api_count_fds(), before);
	}
}
END_TEST

static bool hide_sys(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/sys", "tmpfs", 0, "mode=000") == 0;
}

START_TEST(works_with_sys_unreadable)
{
	if (!hide_sys())
		cannot("hiding /sys needs root");
	for (size_t g = 0; g < api_forced_count(); g++) {
		struct pmem2_map *map = api_map_forced(api_forced[g], PAGE);
		use(of(map), pmem2_map_get_address(map), PAGE);
		works(pmem2_deep_flush(map, pmem2_map_get_address(map), PAGE));
		works(pmem2_map_delete(&map));
	}
	struct pmem2_map *map = api_map_file(PAGE);
	ck_assert_int_eq(pmem2_map_get_store_granularity(map), PMEM2_GRANULARITY_PAGE);
}
END_TEST

START_TEST(character_device_is_invalid_file_type_with_sys_unreadable)
{
	if (!hide_sys())
		cannot("hiding /sys needs root");
	struct pmem2_source *src;
	fails(pmem2_source_from_fd(&src, open("/dev/null", O_RDWR)), PMEM2_E_INVALID_FILE_TYPE);
}
END_TEST

static void map_failing(int error, int code)
{
	const size_t sizes[] = {PAGE, 3 * MiB};
	struct pmem2_config *cfg = api_config();
	fail_files_only = true;
	for (size_t i = 0; i < 2; i++) {
		struct pmem2_source *src = api_source(api_file(sizes[i]));
		struct pmem2_map *map = (struct pmem2_map *)cfg;
		fail_mmap(error, 100, 0);
		fails(pmem2_map_new(&map, cfg, src), code);
		ck_assert_ptr_null(map);
		fail_mmap(0, 0, 0);
		api_map(cfg, src);
	}
}

START_TEST(mmap_failures_are_minus_errno)
{
	map_failing(ENOMEM, -ENOMEM);
	map_failing(ENODEV, -ENODEV);
	map_failing(EPERM, -EPERM);
}
END_TEST

START_TEST(mmap_enotsup_is_nosupp)
{
	map_failing(ENOTSUP, PMEM2_E_NOSUPP);
}
END_TEST

START_TEST(mmap_eexist_is_mapping_exists)
{
	map_failing(EEXIST, PMEM2_E_MAPPING_EXISTS);
}
END_TEST

START_TEST(no_file_is_ever_mapped_over_a_placeholder)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *small = api_source(api_file(PAGE));
	struct pmem2_source *large = api_source(api_file(5 * MiB));
	api_map(cfg, small);
	for (int i = 0; i < 3; i++)
		api_map(cfg, large);
	works(pmem2_config_set_vm_reservation(cfg, api_reserve(8 * MiB), PAGE));
	api_map(cfg, large);
	ck_assert_int_eq(mmap_over_count, 0);
}
END_TEST

START_TEST(mmap_eacces_is_no_access)
{
	int fd = api_reopen(api_file(PAGE), O_RDONLY);
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, api_config(), api_source(fd)), PMEM2_E_NO_ACCESS);
	says("mmap: Permission denied");
}
END_TEST

START_TEST(mmap_fails_for_reservations_too)
{
	struct pmem2_vm_reservation *rsv;
	fail_mmap(ENOMEM, 100, 0);
	fails(pmem2_vm_reservation_new(&rsv, NULL, PAGE), -ENOMEM);
	ck_assert_ptr_null(rsv);
}
END_TEST

START_TEST(a_map_that_fails_late_leaves_the_reservation_as_it_was)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(2 * PAGE));
	works(pmem2_config_set_vm_reservation(cfg, rsv, PAGE));
	struct pmem2_map *map;
	for (int after = 0; after < 3; after++) {
		fail_mmap(ENOMEM, 1, after);
		int ret = pmem2_map_new(&map, cfg, src);
		fail_mmap(0, 0, 0);
		if (!ret)
			works(pmem2_map_delete(&map));
		char *start = pmem2_vm_reservation_get_address(rsv);
		for (size_t i = 0; i < 4; i++)
			ck_assert(api_has_prot(start + i * PAGE, "---p"));
		map = api_map(cfg, src);
		works(pmem2_map_delete(&map));
	}
	works(pmem2_vm_reservation_delete(&rsv));
}
END_TEST

START_TEST(mmap_is_called_as_an_ordinary_function)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(PAGE));
	mmap_count = 0;
	api_map(cfg, src);
	ck_assert_int_ge(mmap_count, 1);
	mmap_count = 0;
	api_reserve(PAGE);
	ck_assert_int_ge(mmap_count, 1);
}
END_TEST

API_MAIN("general", functions_are_the_same_for_every_map_of_one_granularity,
	functions_of_anonymous_and_private_are_those_of_byte, functions_work_on_any_memory,
	functions_work_after_map_delete, no_descriptor_stays_open_between_calls,
	works_with_sys_unreadable, character_device_is_invalid_file_type_with_sys_unreadable,
	mmap_failures_are_minus_errno, mmap_enotsup_is_nosupp, mmap_eexist_is_mapping_exists,
	no_file_is_ever_mapped_over_a_placeholder, mmap_eacces_is_no_access,
	mmap_fails_for_reservations_too, a_map_that_fails_late_leaves_the_reservation_as_it_was,
	mmap_is_called_as_an_ordinary_function)
