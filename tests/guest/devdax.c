/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * devdax.c -- the library on a Device DAX: DEVDAX (/dev/dax1.0), whose alignment is DEVDAX_ALIGN
 * and which belongs to the region in the directory DEVDAX_REGION of sysfs. What is in the device is
 * lost.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include <libpmem2.h>

#include "../unit_run.h"

static int device = -1;
static size_t alignment;
static struct pmem2_source *source;
static struct pmem2_config *config;

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	ck_assert_msg(value != NULL, "%s is not set", name);
	return value;
}

static void setup(void)
{
	device = open(setting("DEVDAX"), O_RDWR);
	ck_assert_int_ge(device, 0);
	alignment = strtoull(setting("DEVDAX_ALIGN"), NULL, 10);
	ck_assert_int_eq(pmem2_source_from_fd(&source, device), 0);
	ck_assert_int_eq(pmem2_config_new(&config), 0);
	ck_assert_int_eq(pmem2_config_set_required_store_granularity(config,
				 PMEM2_GRANULARITY_CACHE_LINE),
		0);
}

static void teardown(void)
{
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(device);
}

static int try_map(struct pmem2_map **map, size_t offset, size_t length)
{
	ck_assert_int_eq(pmem2_config_set_offset(config, offset), 0);
	ck_assert_int_eq(pmem2_config_set_length(config, length), 0);
	return pmem2_map_new(map, config, source);
}

static struct pmem2_map *map_at(size_t offset, size_t length)
{
	struct pmem2_map *map;
	int rc = try_map(&map, offset, length);

	ck_assert_msg(rc == 0, "%d %s", rc, pmem2_errormsg());
	return map;
}

static void assert_refused(size_t offset, size_t length, int code)
{
	struct pmem2_map *map;
	int rc = try_map(&map, offset, length);

	ck_assert_msg(rc == code, "%d %s", rc, pmem2_errormsg());
	ck_assert_ptr_null(map);
}

static size_t device_size(void)
{
	size_t size;

	ck_assert_int_eq(pmem2_source_size(source, &size), 0);
	return size;
}

/* ---- the source ---- */

START_TEST(size_and_alignment)
{
	char path[128];
	unsigned long long expected = 0;
	size_t size, align;

	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/size",
		strrchr(setting("DEVDAX"), '/') + 1);
	FILE *attribute = fopen(path, "r");

	ck_assert_ptr_nonnull(attribute);
	ck_assert_int_eq(fscanf(attribute, "%llu", &expected), 1);
	fclose(attribute);
	ck_assert_int_eq(pmem2_source_size(source, &size), 0);
	ck_assert_uint_eq(size, expected);
	ck_assert_int_eq(pmem2_source_alignment(source, &align), 0);
	ck_assert_uint_eq(align, alignment);
}
END_TEST

/* ---- mapping ---- */

START_TEST(whole_device)
{
	struct pmem2_map *map = map_at(0, 0);

	ck_assert_uint_eq(pmem2_map_get_size(map), device_size());
	ck_assert_uint_eq((uintptr_t)pmem2_map_get_address(map) % alignment, 0);
	ck_assert_int_eq(pmem2_map_delete(&map), 0);
}
END_TEST

/* Parts are mapped where they belong: what one mapping stores, another shows. */
START_TEST(offsets_and_lengths)
{
	struct pmem2_map *whole = map_at(0, 0);
	char *all = pmem2_map_get_address(whole);
	size_t size = device_size();
	const size_t offsets[] = {0, alignment, 3 * alignment, size - alignment};

	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		size_t room = size - offsets[i];
		size_t length = room > 2 * alignment ? 2 * alignment : room;
		struct pmem2_map *part = map_at(offsets[i], length);
		char *start = pmem2_map_get_address(part);

		ck_assert_uint_eq(pmem2_map_get_size(part), length);
		pmem2_get_memset_fn(part)(start, 0x11 + (int)i, length, 0);
		ck_assert_int_eq(all[offsets[i]], 0x11 + (int)i);
		ck_assert_int_eq(all[offsets[i] + length - 1], 0x11 + (int)i);
		ck_assert_int_eq(pmem2_map_delete(&part), 0);
	}
	ck_assert_int_eq(pmem2_map_delete(&whole), 0);
}
END_TEST

/* The driver refuses an address off its alignment, which is what the kernel offers instead of a hint. */
START_TEST(below_is_taken)
{
	struct pmem2_map *maps[4];

	for (size_t i = 0; i < 4; i++) {
		maps[i] = map_at(0, 2 * alignment);
		char *below = (char *)pmem2_map_get_address(maps[i]) - 4096;
		void *got = mmap(below, 4096, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		ck_assert(got == below || errno == EEXIST);
	}
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pmem2_map_delete(&maps[i]), 0);
}
END_TEST

START_TEST(off_the_alignment)
{
	assert_refused(alignment / 2, alignment, PMEM2_E_OFFSET_UNALIGNED);
	assert_refused(0, alignment / 2, PMEM2_E_LENGTH_UNALIGNED);
	assert_refused(alignment, alignment + alignment / 2, PMEM2_E_LENGTH_UNALIGNED);
}
END_TEST

START_TEST(behind_the_end)
{
	assert_refused(device_size(), alignment, PMEM2_E_MAP_RANGE);
	assert_refused(device_size() - alignment, 2 * alignment, PMEM2_E_MAP_RANGE);
}
END_TEST

START_TEST(private_is_refused)
{
	ck_assert_int_eq(pmem2_config_set_sharing(config, PMEM2_PRIVATE), 0);
	assert_refused(0, 0, PMEM2_E_SRC_DEVDAX_PRIVATE);
}
END_TEST

START_TEST(read_only)
{
	ck_assert_int_eq(pmem2_config_set_protection(config, PMEM2_PROT_READ), 0);
	struct pmem2_map *map = map_at(0, alignment);
	volatile char *start = pmem2_map_get_address(map);

	(void)*start;
	ck_assert_int_eq(pmem2_map_delete(&map), 0);
}
END_TEST

/* ---- in a reservation ---- */

START_TEST(in_a_reservation)
{
	struct pmem2_vm_reservation *room;
	struct pmem2_map *first, *second;

	ck_assert_int_eq(pmem2_vm_reservation_new(&room, NULL, 4 * alignment), 0);
	char *start = pmem2_vm_reservation_get_address(room);

	pmem2_config_set_vm_reservation(config, room, alignment);
	first = map_at(0, alignment);
	ck_assert_ptr_eq(pmem2_map_get_address(first), start + alignment);
	assert_refused(alignment, alignment, PMEM2_E_MAPPING_EXISTS);
	pmem2_config_set_vm_reservation(config, room, 2 * alignment);
	second = map_at(alignment, 2 * alignment);
	pmem2_get_memset_fn(first)(start + alignment, 0x21, alignment, 0);
	pmem2_get_memset_fn(second)(start + 2 * alignment, 0x22, 2 * alignment, 0);
	ck_assert_int_eq(start[alignment], 0x21);
	ck_assert_int_eq(pmem2_vm_reservation_delete(&room), PMEM2_E_VM_RESERVATION_NOT_EMPTY);

	ck_assert_int_eq(pmem2_map_delete(&first), 0);
	pmem2_config_set_vm_reservation(config, room, alignment);
	first = map_at(2 * alignment, alignment);
	ck_assert_int_eq(start[alignment], 0x22);
	ck_assert_int_eq(pmem2_map_delete(&first), 0);
	ck_assert_int_eq(pmem2_map_delete(&second), 0);
	ck_assert_int_eq(pmem2_vm_reservation_delete(&room), 0);
}
END_TEST

START_TEST(off_the_alignment_in_a_reservation)
{
	struct pmem2_vm_reservation *room;

	ck_assert_int_eq(pmem2_vm_reservation_new(&room, NULL, 4 * alignment), 0);
	if (alignment > 4096) {
		pmem2_config_set_vm_reservation(config, room, 4096);
		assert_refused(0, alignment, PMEM2_E_ADDRESS_UNALIGNED);
	} else {
		pmem2_config_set_vm_reservation(config, room, 2048);
		assert_refused(0, alignment, PMEM2_E_OFFSET_UNALIGNED);
	}
	/* what was refused left its place free */
	pmem2_config_set_vm_reservation(config, room, 0);
	struct pmem2_map *map = map_at(0, 4 * alignment);

	ck_assert_int_eq(pmem2_map_delete(&map), 0);
	ck_assert_int_eq(pmem2_vm_reservation_delete(&room), 0);
}
END_TEST

/* ---- reading and writing ---- */

START_TEST(mcsafe)
{
	static char out[100000], in[100000];
	size_t size = device_size();
	const size_t offsets[] = {0, 1, alignment - 50000, size - sizeof(out)};
	struct pmem2_map *map = map_at(0, 0);

	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		/* a device of small alignment: the third would begin before it */
		size_t offset = offsets[i] > size ? 12345 : offsets[i];

		memset(out, 0x31 + (int)i, sizeof(out));
		ck_assert_int_eq(pmem2_source_pwrite_mcsafe(source, out, sizeof(out), offset), 0);
		ck_assert_int_eq(memcmp((char *)pmem2_map_get_address(map) + offset, out,
					 sizeof(out)),
			0);
		ck_assert_int_eq(pmem2_source_pread_mcsafe(source, in, sizeof(in), offset), 0);
		ck_assert_int_eq(memcmp(in, out, sizeof(in)), 0);
	}
	ck_assert_int_eq(pmem2_source_pread_mcsafe(source, in, sizeof(in), size - sizeof(in) + 1),
		PMEM2_E_LENGTH_OUT_OF_RANGE);
	ck_assert_int_eq(pmem2_source_pwrite_mcsafe(source, out, 1, size),
		PMEM2_E_LENGTH_OUT_OF_RANGE);
	ck_assert_int_eq(pmem2_map_delete(&map), 0);
}
END_TEST

/* ---- deep flush ---- */

static char attribute[256];

/* Puts a file of ours where the region's deep_flush is, to see what the library writes there. */
static void watch_deep_flush(const char *content)
{
	FILE *file = fopen("/tmp/deep_flush", "w");

	ck_assert_ptr_nonnull(file);
	fputs(content, file);
	fclose(file);
	snprintf(attribute, sizeof(attribute), "%s/deep_flush", setting("DEVDAX_REGION"));
	ck_assert_msg(mount("/tmp/deep_flush", attribute, NULL, MS_BIND, NULL) == 0, "%s: %s",
		attribute, strerror(errno));
}

static void unwatch_deep_flush(void)
{
	ck_assert_int_eq(umount(attribute), 0);
}

static char written(void)
{
	char content = 0;
	FILE *file = fopen("/tmp/deep_flush", "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fread(&content, 1, 1, file), 1);
	fclose(file);
	return content;
}

static int deep_flush_some(void)
{
	struct pmem2_map *map = map_at(0, alignment);
	int rc = pmem2_deep_flush(map, (char *)pmem2_map_get_address(map) + 100, 1000);

	ck_assert_int_eq(pmem2_map_delete(&map), 0);
	return rc;
}

START_TEST(deep_flush)
{
	int rc = deep_flush_some();

	ck_assert_msg(rc == 0, "%d %s", rc, pmem2_errormsg());
}
END_TEST

START_TEST(deep_flush_out_of_range)
{
	struct pmem2_map *map = map_at(0, alignment);
	char *start = pmem2_map_get_address(map);

	ck_assert_int_eq(pmem2_deep_flush(map, start + alignment, 0), 0);
	ck_assert_int_eq(pmem2_deep_flush(map, start + 1, alignment), PMEM2_E_DEEP_FLUSH_RANGE);
	ck_assert_int_eq(pmem2_map_delete(&map), 0);
}
END_TEST

START_TEST(deep_flush_writes_1)
{
	watch_deep_flush("2\n");
	int rc = deep_flush_some();

	unwatch_deep_flush();
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(written(), '1');
}
END_TEST

/* The region has nothing to flush: the lines' way to the memory controller is all there is. */
START_TEST(deep_flush_of_a_region_without)
{
	watch_deep_flush("0\n");
	int rc = deep_flush_some();

	unwatch_deep_flush();
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(written(), '0');
}
END_TEST

START_TEST(deep_flush_that_cannot_be_written)
{
	watch_deep_flush("1\n");
	ck_assert_int_eq(mount(NULL, attribute, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), 0);
	int rc = deep_flush_some();

	unwatch_deep_flush();
	ck_assert_msg(rc == -EROFS, "%d %s", rc, pmem2_errormsg());
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "deep_flush"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {size_and_alignment, whole_device, offsets_and_lengths,
		below_is_taken, off_the_alignment, behind_the_end, private_is_refused, read_only,
		in_a_reservation, off_the_alignment_in_a_reservation, mcsafe, deep_flush,
		deep_flush_out_of_range, deep_flush_writes_1, deep_flush_of_a_region_without,
		deep_flush_that_cannot_be_written, NULL};

	return unit_run_with("Device DAX", tests, setup, teardown);
}
