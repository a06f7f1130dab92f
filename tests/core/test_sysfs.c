/* SPDX-License-Identifier: BSD-3-Clause */
/* test_sysfs.c -- attributes, and the way up from a device to its region. */
#include <errno.h>

#include "fake_sysfs.h"
#include "unit.h"

static int read_u64(const char *text, uint64_t *value)
{
	char path[PATH_MAX];

	fake_put("number", text);
	snprintf(path, sizeof(path), "%s/number", fake_root);
	return pmem2_sysfs_read_u64(path, value);
}

START_TEST(numbers_are_decimal_or_hexadecimal)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{"0\n", 0},
		{"2097152\n", 2097152},
		{"0x240000000\n", 0x240000000},
		{"18446744073709551615", UINT64_MAX},
	};
	static const char *const bad[] = {"", "\n", "-1\n", " 1\n", "1 2\n", "x\n",
		"18446744073709551616\n"};
	uint64_t value = 7;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(read_u64(good[i].text, &value), 0);
		ck_assert_uint_eq(value, good[i].value);
	}
	value = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(read_u64(bad[i], &value), -EINVAL);
	ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(text_is_read_whole_or_not_at_all)
{
	char path[PATH_MAX], text[6];

	fake_put("text", "12345\n");
	snprintf(path, sizeof(path), "%s/text", fake_root);
	ck_assert_int_eq(pmem2_sysfs_read(path, text, sizeof(text)), -E2BIG);
	fake_put("text", "1234\n");
	ck_assert_int_eq(pmem2_sysfs_read(path, text, sizeof(text)), 0);
	ck_assert_str_eq(text, "1234");

	strcat(path, ".not");
	ck_assert_int_eq(pmem2_sysfs_read(path, text, sizeof(text)), -ENOENT);
}
END_TEST

static void expect_region(enum pmem2_sysfs_class class, dev_t device)
{
	char region[PATH_MAX], expected[PATH_MAX], real[PATH_MAX];

	snprintf(expected, sizeof(expected), "%s/%s", fake_root, FAKE_REGION);
	ck_assert_ptr_nonnull(realpath(expected, real));
	ck_assert_int_eq(pmem2_sysfs_region(region, class, device), 0);
	ck_assert_str_eq(region, real);
}

START_TEST(region_is_found_from_what_is_in_it)
{
	expect_region(PMEM2_SYSFS_BLOCK, FAKE_DISK);
	expect_region(PMEM2_SYSFS_BLOCK, FAKE_PARTITION);
	expect_region(PMEM2_SYSFS_CHAR, FAKE_DAX);
}
END_TEST

START_TEST(others_are_in_no_region)
{
	char region[PATH_MAX];
	const dev_t devices[] = {FAKE_ORDINARY, FAKE_DM_PMEM, makedev(1, 2)};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		ck_assert_int_eq(pmem2_sysfs_region(region, PMEM2_SYSFS_BLOCK, devices[i]),
			-ENODEV);
	ck_assert_int_eq(pmem2_sysfs_region(region, PMEM2_SYSFS_CHAR, FAKE_HMEM), -ENODEV);
}
END_TEST

START_TEST(a_directory_of_that_name_is_no_region)
{
	char region[PATH_MAX];

	fake_make("bus/dax");
	fake_make("devices/region2/dax2.0");
	fake_link("devices/region2/subsystem", "bus/dax");
	fake_link("dev/char/252:2", "devices/region2/dax2.0");
	ck_assert_int_eq(pmem2_sysfs_region(region, PMEM2_SYSFS_CHAR, makedev(252, 2)), -ENODEV);

	fake_make("devices/regional/dax3.0");
	fake_link("devices/regional/subsystem", "bus/nd");
	fake_link("dev/char/252:3", "devices/regional/dax3.0");
	ck_assert_int_eq(pmem2_sysfs_region(region, PMEM2_SYSFS_CHAR, makedev(252, 3)), -ENODEV);
}
END_TEST

START_TEST(unreadable_is_not_absent)
{
	char region[PATH_MAX];

	fake_forbid("dev/block");
	fake_no_root();
	ck_assert_int_eq(pmem2_sysfs_region(region, PMEM2_SYSFS_BLOCK, FAKE_DISK), -EACCES);
	fake_root_again();
	fake_allow("dev/block");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {numbers_are_decimal_or_hexadecimal,
		text_is_read_whole_or_not_at_all, region_is_found_from_what_is_in_it,
		others_are_in_no_region, a_directory_of_that_name_is_no_region,
		unreadable_is_not_absent, NULL};

	return unit_run_with("sysfs", tests, fake_set_up, fake_tear_down);
}
