/* SPDX-License-Identifier: BSD-3-Clause */
/* test_nd_region.c -- from a device to its nd region, and to no other directory of that name. */
#include <errno.h>

#include "fake_sysfs.h"
#include "nd_region.h"
#include "unit.h"

static void expect_region(enum pmem2_sysfs_class class, dev_t device)
{
	char region[PATH_MAX], expected[PATH_MAX], real[PATH_MAX];

	snprintf(expected, sizeof(expected), "%s/%s", fake_root, FAKE_REGION);
	ck_assert_ptr_nonnull(realpath(expected, real));
	ck_assert_int_eq(pmem2_nd_region_of(class, device, region), 0);
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
	const dev_t devices[] = {FAKE_ORDINARY, FAKE_DM_PMEM};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_BLOCK, devices[i], region),
			-ENODEV);
	ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_CHAR, FAKE_HMEM, region), -ENODEV);
	ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_BLOCK, makedev(1, 2), region), -ENOENT);
}
END_TEST

START_TEST(a_directory_of_that_name_is_no_region)
{
	char region[PATH_MAX];

	fake_make("bus/dax");
	fake_make("devices/region2/dax2.0");
	fake_link("devices/region2/subsystem", "bus/dax");
	fake_link("dev/char/252:2", "devices/region2/dax2.0");
	ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_CHAR, makedev(252, 2), region), -ENODEV);

	fake_make("devices/regional/dax3.0");
	fake_link("devices/regional/subsystem", "bus/nd");
	fake_link("dev/char/252:3", "devices/regional/dax3.0");
	ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_CHAR, makedev(252, 3), region), -ENODEV);
}
END_TEST

START_TEST(unreadable_is_not_absent)
{
	char region[PATH_MAX];

	fake_forbid("dev/block");
	fake_no_root();
	ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_BLOCK, FAKE_DISK, region), -EACCES);
	fake_root_again();
	fake_allow("dev/block");
}
END_TEST

START_TEST(attributes_are_in_the_region_or_above)
{
	char region[PATH_MAX], before[PATH_MAX], text[64];

	fake_put(FAKE_REGION "/persistence_domain", "memory_controller\n");
	fake_put("devices/ndbus0/provider", "ACPI.NFIT\n");
	ck_assert_int_eq(pmem2_nd_region_of(PMEM2_SYSFS_CHAR, FAKE_DAX, region), 0);
	strcpy(before, region);
	pmem2_nd_region_attribute(region, "persistence_domain", text);
	ck_assert_str_eq(text, "memory_controller");
	pmem2_nd_region_attribute(region, "../provider", text);
	ck_assert_str_eq(text, "ACPI.NFIT");
	pmem2_nd_region_attribute(region, "none", text);
	ck_assert_str_eq(text, "");
	ck_assert_str_eq(region, before);
}
END_TEST

START_TEST(a_file_below_which_nothing_is_known_is_in_no_region)
{
	const struct pmem2_source nameless = {.type = PMEM2_SOURCE_FILE, .fd = -1};
	const struct pmem2_source dax = {.type = PMEM2_SOURCE_DEVDAX, .fd = -1, .device = FAKE_DAX};
	char region[PATH_MAX];

	ck_assert_int_eq(pmem2_nd_region_below(&nameless, region), -ENODEV);
	ck_assert_int_eq(pmem2_nd_region_below(&dax, region), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {region_is_found_from_what_is_in_it, others_are_in_no_region,
		a_directory_of_that_name_is_no_region, unreadable_is_not_absent,
		attributes_are_in_the_region_or_above,
		a_file_below_which_nothing_is_known_is_in_no_region, NULL};

	return unit_run_with("nd_region", tests, fake_set_up, fake_tear_down);
}
