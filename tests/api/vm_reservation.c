/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vm_reservation.c -- reservations: making them, mapping into them, giving them back.
 */
#include "api.h"

#include <pthread.h>

static const int exists = PMEM2_E_MAPPING_EXISTS;

static void refused(void *addr, size_t size, int code)
{
	int somewhere;
	struct pmem2_vm_reservation *rsv = (struct pmem2_vm_reservation *)&somewhere;
	fails(pmem2_vm_reservation_new(&rsv, addr, size), code);
	ck_assert_ptr_null(rsv);
}

static char *start_of(struct pmem2_vm_reservation *rsv)
{
	return pmem2_vm_reservation_get_address(rsv);
}

/* an address with 4 MiB around it that nobody uses */
static char *hole(void)
{
	char *addr = mmap(NULL, 8 * MiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(addr, MAP_FAILED);
	ck_assert_int_eq(munmap(addr, 8 * MiB), 0);
	return addr + 4 * MiB;
}

START_TEST(address_unaligned_comes_before_length_unaligned)
{
	char *addr = hole();
	refused(addr + 1, PAGE + 1, PMEM2_E_ADDRESS_UNALIGNED);
	refused(addr, PAGE + 1, PMEM2_E_LENGTH_UNALIGNED);
	refused(NULL, 1, PMEM2_E_LENGTH_UNALIGNED);
}
END_TEST

START_TEST(occupied_is_mapping_exists)
{
	char *addr = hole();
	char *middle = mmap(addr + PAGE, PAGE, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ck_assert_ptr_eq(middle, addr + PAGE);
	refused(addr, 3 * PAGE, exists);
	refused(middle, PAGE, exists);
	ck_assert(api_has_prot(middle, "r--p"));
	ck_assert(api_is_free(addr, PAGE));
	ck_assert(api_is_free(addr + 2 * PAGE, PAGE));
}
END_TEST

START_TEST(too_big_is_enomem)
{
	refused(NULL, (size_t)1 << 62, -ENOMEM);
	refused(NULL, (size_t)1 << 48, -ENOMEM);
}
END_TEST

START_TEST(so_big_that_sums_wrap_is_enomem)
{
	refused(NULL, SIZE_MAX - PAGE + 1, -ENOMEM);
	refused(hole(), SIZE_MAX - PAGE + 1, -ENOMEM);
}
END_TEST

START_TEST(is_without_access_at_the_address_asked_for)
{
	char *addr = hole();
	struct pmem2_vm_reservation *rsv;
	works(pmem2_vm_reservation_new(&rsv, addr, 4 * PAGE));
	ck_assert_ptr_eq(start_of(rsv), addr);
	ck_assert_uint_eq(pmem2_vm_reservation_get_size(rsv), 4 * PAGE);
	for (size_t i = 0; i < 4; i++)
		ck_assert(api_has_prot(addr + i * PAGE, "---p"));
	works(pmem2_vm_reservation_delete(&rsv));
	ck_assert_ptr_null(rsv);
	ck_assert(api_is_free(addr, 4 * PAGE));
}
END_TEST

START_TEST(null_address_is_aligned_to_2_mib_and_from_2_gib_on_to_1_gib)
{
	const size_t sizes[] = {PAGE, 2 * MiB - PAGE, 2 * MiB, 7 * MiB, 2 * GiB - PAGE, 2 * GiB,
		2 * GiB + PAGE, 5 * GiB};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t alignment = sizes[i] < 2 * GiB ? 2 * MiB : GiB;
		ck_assert_uint_eq((uintptr_t)start_of(api_reserve(sizes[i])) % alignment, 0);
	}
}
END_TEST

static size_t pages_mapped(void)
{
	uintptr_t start, end;
	size_t bytes = 0;
	FILE *f = fopen("/proc/self/maps", "re");
	ck_assert_ptr_nonnull(f);
	while (fscanf(f, "%lx-%lx%*[^\n]", &start, &end) == 2)
		bytes += end - start;
	fclose(f);
	return bytes / PAGE;
}

START_TEST(nothing_leaks_on_delete)
{
	size_t before = 0;
	const size_t sizes[] = {PAGE, MiB, 2 * MiB, 3 * MiB, 2 * GiB};
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct pmem2_vm_reservation *rsv = api_reserve(sizes[i]);
			works(pmem2_vm_reservation_delete(&rsv));
		}
		if (round == 0)
			before = pages_mapped();
	}
	ck_assert_uint_eq(pages_mapped(), before);
}
END_TEST

START_TEST(there_is_no_hidden_padding)
{
	size_t before = pages_mapped();
	api_reserve(64 * MiB);
	size_t padding = pages_mapped() - before - 64 * MiB / PAGE;
	ck_assert_uint_lt(padding, 256); /* the heap may have grown */
}
END_TEST

START_TEST(an_exactly_fitting_hole_works)
{
	char *addr = mmap(NULL, 6 * MiB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(addr, MAP_FAILED);
	struct pmem2_vm_reservation *rsv;
	const size_t sizes[] = {PAGE, 2 * MiB};
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(munmap(addr + 2 * MiB, sizes[i]), 0);
		works(pmem2_vm_reservation_new(&rsv, addr + 2 * MiB, sizes[i]));
		ck_assert_ptr_eq(start_of(rsv), addr + 2 * MiB);
		works(pmem2_vm_reservation_delete(&rsv));
	}
	ck_assert(api_has_prot(addr + 2 * MiB - 1, "r--p"));
	ck_assert(api_has_prot(addr + 4 * MiB, "r--p"));
}
END_TEST

START_TEST(size_0_is_length_out_of_range)
{
	refused(NULL, 0, PMEM2_E_LENGTH_OUT_OF_RANGE);
	refused(hole(), 0, PMEM2_E_LENGTH_OUT_OF_RANGE);
}
END_TEST

/* maps a file of `size` bytes at `offset` of rsv */
static int map_at(struct pmem2_map **map, struct pmem2_vm_reservation *rsv, size_t offset,
	size_t size)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_source *src = api_source(api_file(size));
	works(pmem2_config_set_vm_reservation(cfg, rsv, offset));
	int ret = pmem2_map_new(map, cfg, src);
	pmem2_source_delete(&src);
	pmem2_config_delete(&cfg);
	return ret;
}

START_TEST(offset_not_on_a_page_is_offset_unaligned)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_map *map;
	fails(map_at(&map, rsv, 1, PAGE), PMEM2_E_OFFSET_UNALIGNED);
	fails(map_at(&map, rsv, 4 * PAGE + 1, PAGE), PMEM2_E_OFFSET_UNALIGNED);
}
END_TEST

START_TEST(beyond_the_reservation_is_address_unaligned)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_map *map;
	const int beyond = api_manual(PMEM2_E_ADDRESS_UNALIGNED, PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(map_at(&map, rsv, 4 * PAGE, PAGE), beyond);
	fails(map_at(&map, rsv, 3 * PAGE, 2 * PAGE), beyond);
	fails(map_at(&map, rsv, 0, 5 * PAGE), beyond);
	fails(map_at(&map, rsv, 3 * PAGE, PAGE + 1), beyond);
	fails(map_at(&map, rsv, 1024 * PAGE, PAGE), beyond);
}
END_TEST

START_TEST(a_wrapping_offset_is_address_unaligned)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_map *map;
	const int beyond = api_manual(PMEM2_E_ADDRESS_UNALIGNED, PMEM2_E_LENGTH_OUT_OF_RANGE);
	fails(map_at(&map, rsv, SIZE_MAX - PAGE + 1, PAGE), beyond);
	fails(map_at(&map, rsv, SIZE_MAX - PAGE + 1, 2 * PAGE), beyond);
	ck_assert(api_has_prot(start_of(rsv), "---p"));
}
END_TEST

START_TEST(overlap_with_a_map_in_it_is_mapping_exists)
{
	struct pmem2_vm_reservation *rsv = api_reserve(6 * PAGE);
	struct pmem2_map *map, *other;
	works(map_at(&map, rsv, 2 * PAGE, 2 * PAGE));
	strcpy(pmem2_map_get_address(map), "kept");
	for (size_t page = 1; page < 4; page++)
		fails(map_at(&other, rsv, page * PAGE, 2 * PAGE), exists);
	fails(map_at(&other, rsv, 0, 6 * PAGE), exists);
	ck_assert_str_eq(pmem2_map_get_address(map), "kept");
	works(map_at(&other, rsv, 0, 2 * PAGE));
	works(map_at(&other, rsv, 4 * PAGE, 2 * PAGE));
}
END_TEST

START_TEST(address_is_exactly_start_plus_offset)
{
	struct pmem2_vm_reservation *rsv = api_reserve(8 * MiB);
	struct pmem2_map *map;
	const size_t offsets[] = {0, 3 * PAGE, MiB + PAGE, 8 * MiB - 2 * PAGE};
	for (size_t i = 0; i < 4; i++) {
		works(map_at(&map, rsv, offsets[i], 5000));
		ck_assert_ptr_eq(pmem2_map_get_address(map), start_of(rsv) + offsets[i]);
		ck_assert_uint_eq(pmem2_map_get_size(map), 5000);
	}
	works(map_at(&map, rsv, 2 * MiB + PAGE, 4 * MiB));
	ck_assert_ptr_eq(pmem2_map_get_address(map), start_of(rsv) + 2 * MiB + PAGE);
}
END_TEST

START_TEST(anonymous_and_private_go_into_it_too)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_vm_reservation(cfg, rsv, PAGE));
	struct pmem2_map *map = api_map(cfg, api_anon(PAGE));
	ck_assert_ptr_eq(pmem2_map_get_address(map), start_of(rsv) + PAGE);
	works(pmem2_map_delete(&map));
	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	map = api_map(cfg, api_source(api_file(PAGE)));
	ck_assert(api_has_prot(start_of(rsv) + PAGE, "rw-p"));
	works(pmem2_map_delete(&map));
	ck_assert(api_has_prot(start_of(rsv) + PAGE, "---p"));
}
END_TEST

START_TEST(a_map_new_that_fails_leaves_the_place_without_access_and_usable)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_config *cfg = api_config();
	works(pmem2_config_set_vm_reservation(cfg, rsv, PAGE));
	struct pmem2_source *read_only = api_source(api_reopen(api_file(2 * PAGE), O_RDONLY));
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, cfg, read_only), PMEM2_E_NO_ACCESS);
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE));
	fails(pmem2_map_new(&map, cfg, api_source(api_file(2 * PAGE))),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	for (size_t i = 0; i < 4; i++)
		ck_assert(api_has_prot(start_of(rsv) + i * PAGE, "---p"));
	works(map_at(&map, rsv, PAGE, 2 * PAGE));
}
END_TEST

START_TEST(a_map_deleted_leaves_memory_without_access_behind)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_map *map;
	for (int i = 0; i < 3; i++) {
		works(map_at(&map, rsv, PAGE, PAGE + 1));
		ck_assert(api_has_prot(start_of(rsv) + PAGE, "rw-s"));
		works(pmem2_map_delete(&map));
		for (size_t page = 0; page < 4; page++)
			ck_assert(api_has_prot(start_of(rsv) + page * PAGE, "---p"));
	}
}
END_TEST

START_TEST(mapping_nothing_into_it_leaves_it_empty)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE);
	struct pmem2_source *src = api_source(api_file(PAGE));
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map;

	works(pmem2_config_set_vm_reservation(cfg, rsv, PAGE));
	works(pmem2_config_set_offset(cfg, PAGE)); /* the end of the file */
	fails(pmem2_map_new(&map, cfg, src), -EINVAL);

	/* the place is judged before that */
	works(pmem2_config_set_vm_reservation(cfg, rsv, 1));
	fails(pmem2_map_new(&map, cfg, src), PMEM2_E_OFFSET_UNALIGNED);
	works(pmem2_config_set_vm_reservation(cfg, rsv, 5 * PAGE));
	fails(pmem2_map_new(&map, cfg, src),
		api_manual(PMEM2_E_ADDRESS_UNALIGNED, PMEM2_E_LENGTH_OUT_OF_RANGE));

	works(pmem2_config_set_vm_reservation(cfg, rsv, PAGE));
	works(pmem2_config_set_offset(cfg, 0));
	works(pmem2_map_new(&map, cfg, src));
	works(pmem2_map_delete(&map));
	works(pmem2_vm_reservation_delete(&rsv));
}
END_TEST

START_TEST(delete_with_maps_in_it_is_not_empty_and_keeps_it)
{
	struct pmem2_vm_reservation *rsv = api_reserve(4 * PAGE), *kept = rsv;
	struct pmem2_map *map;
	works(map_at(&map, rsv, PAGE, PAGE));
	fails(pmem2_vm_reservation_delete(&rsv), PMEM2_E_VM_RESERVATION_NOT_EMPTY);
	ck_assert_ptr_eq(rsv, kept);
	ck_assert_uint_eq(pmem2_vm_reservation_get_size(rsv), 4 * PAGE);
	strcpy(pmem2_map_get_address(map), "still there");
	works(pmem2_map_delete(&map));
	works(pmem2_vm_reservation_delete(&rsv));
}
END_TEST

/* every thread has its own place */
static struct pmem2_vm_reservation *shared_rsv;

static void *map_and_unmap(void *arg)
{
	size_t offset = (size_t)arg * 4 * PAGE;
	size_t times = api_times(200);
	for (size_t i = 0; i < times; i++) {
		struct pmem2_map *map;
		works(map_at(&map, shared_rsv, offset, 4 * PAGE));
		char *addr = pmem2_map_get_address(map);
		ck_assert_ptr_eq(addr, start_of(shared_rsv) + offset);
		memset(addr, (int)i, 4 * PAGE);
		works(pmem2_map_delete(&map));
	}
	return NULL;
}

START_TEST(disjoint_parts_may_be_mapped_and_unmapped_concurrently)
{
	pthread_t threads[8];
	/* a descriptor is left open for each file */
	struct pmem2_map *map;
	shared_rsv = api_reserve(8 * 4 * PAGE);
	for (size_t i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, map_and_unmap, (void *)i), 0);
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	fails(pmem2_vm_reservation_map_find_first(shared_rsv, &map), PMEM2_E_MAPPING_NOT_FOUND);
	for (size_t page = 0; page < 32; page++)
		ck_assert(api_has_prot(start_of(shared_rsv) + page * PAGE, "---p"));
	works(pmem2_vm_reservation_delete(&shared_rsv));
}
END_TEST

API_MAIN("vm_reservation", address_unaligned_comes_before_length_unaligned,
	occupied_is_mapping_exists, too_big_is_enomem, so_big_that_sums_wrap_is_enomem,
	is_without_access_at_the_address_asked_for,
	null_address_is_aligned_to_2_mib_and_from_2_gib_on_to_1_gib, nothing_leaks_on_delete,
	there_is_no_hidden_padding, an_exactly_fitting_hole_works, size_0_is_length_out_of_range,
	offset_not_on_a_page_is_offset_unaligned, beyond_the_reservation_is_address_unaligned,
	a_wrapping_offset_is_address_unaligned, overlap_with_a_map_in_it_is_mapping_exists,
	address_is_exactly_start_plus_offset, anonymous_and_private_go_into_it_too,
	a_map_new_that_fails_leaves_the_place_without_access_and_usable,
	a_map_deleted_leaves_memory_without_access_behind, mapping_nothing_into_it_leaves_it_empty,
	delete_with_maps_in_it_is_not_empty_and_keeps_it,
	disjoint_parts_may_be_mapped_and_unmapped_concurrently)
