/* SPDX-License-Identifier: BSD-3-Clause */
/* test_ndctl.c -- the module ndctl.so on a libndctl of the test's own. */
#include <check.h>
#include <daxctl/libdaxctl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ndctl.h>
#include <ndctl/libndctl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ndctl/ndctl.h"
#include "unit.h"

#include "fake_libndctl.h"

static int dimm_error; /* errno of reading the DIMMs' attributes; 0: there are none */

static void set_up(void)
{
	fake_libndctl();
	dimm_error = 0;
}

/* ---- sysfs, which the module looks into where libndctl has no value ---- */

#define DIMMS "/sys/bus/nd/devices/nmem-of-the-test-"

int access(const char *path, int mode)
{
	if (dimm_error != 0 && strncmp(path, DIMMS, strlen(DIMMS)) == 0)
		return 0;
	return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode, 0);
}

int open(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (dimm_error != 0 && strncmp(path, DIMMS, strlen(DIMMS)) == 0) {
		errno = dimm_error;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* ---- the tests ---- */

#define REGION0 "/nowhere/ndbus0/region0"

static struct pmem2_ndctl_why why;

static void tear_down(void)
{
	ck_assert_int_eq(contexts, 0);
	ck_assert_int_eq(commands, 0);
}

static void says(const char *words)
{
	ck_assert_msg(strstr(why.text, words) != NULL, "'%s' is not in '%s'", words, why.text);
}

START_TEST(ids_and_counts_are_those_of_the_regions_dimms)
{
	char id[32] = "";
	size_t needed;
	uint64_t count;

	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, NULL, 0, &needed, &why), 0);
	ck_assert_uint_eq(needed, sizeof("8680-18680-22"));
	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, id, sizeof(id), &needed, &why), 0);
	ck_assert_str_eq(id, "8680-18680-22");
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count(REGION0, &count, &why), 0);
	ck_assert_uint_eq(count, 85);

	/* in one piece at the most */
	memset(id, '?', sizeof(id));
	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, id, 10, &needed, &why), 0);
	ck_assert_uint_eq(needed, sizeof("8680-18680-22"));
	ck_assert_int_eq(id[10], '?');
}
END_TEST

START_TEST(no_dimms_is_an_answer)
{
	char id[32] = "?";
	size_t needed;
	uint64_t count = 7;

	ck_assert_int_eq(pmem2_ndctl_v1.device_id("/x/ndbus0/region1", id, 32, &needed, &why), 0);
	ck_assert_uint_eq(needed, 1);
	ck_assert_str_eq(id, "");
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count("/x/ndbus0/region1", &count, &why), 0);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(dimms_that_were_not_seen_are_not_left_out)
{
	size_t needed;
	uint64_t count = 7;

	regions[0].dimms = 1;
	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, NULL, 0, &needed, &why), -EIO);
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count(REGION0, &count, &why), -EIO);
	says("has 2 DIMMs");
	ck_assert_uint_eq(count, 7);
}
END_TEST

START_TEST(a_dimm_without_a_value_has_none_to_tell)
{
	size_t needed;
	uint64_t count = 7;

	dimms[1] = (struct ndctl_dimm){NULL, -ENOENT};
	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, NULL, 0, &needed, &why), PMEM2_E_NOSUPP);
	says("nmem-of-the-test-1");
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count(REGION0, &count, &why), PMEM2_E_NOSUPP);
	says("dirty_shutdown");
	ck_assert_uint_eq(count, 7);
}
END_TEST

START_TEST(a_dimm_that_cannot_be_read_is_not_one_without_a_value)
{
	size_t needed = 7;
	uint64_t count = 7;

	dimms[1] = (struct ndctl_dimm){NULL, -ENOENT};
	dimm_error = EACCES;
	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, NULL, 0, &needed, &why), -EACCES);
	says(DIMMS "1/nfit/id: Permission denied");
	says("CAP_DAC_READ_SEARCH");
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count(REGION0, &count, &why), -EACCES);
	says(DIMMS "1/nfit/dirty_shutdown: Permission denied");
	says("CAP_DAC_READ_SEARCH");

	dimm_error = EIO;
	ck_assert_int_eq(pmem2_ndctl_v1.device_id(REGION0, NULL, 0, &needed, &why), -EIO);
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count(REGION0, &count, &why), -EIO);
	says(DIMMS "1/nfit/dirty_shutdown: Input/output error");
	ck_assert_uint_eq(needed, 7);
	ck_assert_uint_eq(count, 7);
}
END_TEST

START_TEST(libndctl_may_fail_or_not_list_the_region)
{
	uint64_t count;

	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count("/x/ndbus0/region2", &count, &why), -ENODEV);
	says("/x/ndbus0/region2");
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count("/x/ndbus00/region0", &count, &why),
		-ENODEV);
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count("region0", &count, &why), -ENODEV);
	new_result = -ENOMEM;
	ck_assert_int_eq(pmem2_ndctl_v1.shutdown_count(REGION0, &count, &why), -ENOMEM);
	says("libndctl does not start");
}
END_TEST

/* A directory in place of the region's, with an attribute that cannot be, or can be read. */
static void with_attribute(const char *name, const char *text, mode_t mode, char region[PATH_MAX])
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX + 64];

	snprintf(region, PATH_MAX, "%s/pmem2-ndctl-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(region));
	chmod(region, 0755);
	strcat(region, "/ndbus0");
	mkdir(region, 0755);
	strcat(region, "/region0");
	mkdir(region, 0755);
	snprintf(path, sizeof(path), "%s/%s", region, name);
	FILE *file = fopen(path, "w");
	fputs(text, file);
	fchmod(fileno(file), mode);
	fclose(file);
}

static void remove_region(char region[PATH_MAX])
{
	char command[PATH_MAX + 16];

	*strstr(region, "/ndbus0") = '\0';
	snprintf(command, sizeof(command), "rm -r '%s'", region);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(the_node_is_told_or_not_there_or_not_readable)
{
	char region[PATH_MAX];
	int answer = 7;

	node = 3;
	ck_assert_int_eq(pmem2_ndctl_v1.numa_node(REGION0, &answer, &why), 0);
	ck_assert_int_eq(answer, 3);

	node = -1;
	answer = 7;
	ck_assert_int_eq(pmem2_ndctl_v1.numa_node(REGION0, &answer, &why), PMEM2_E_NOSUPP);
	says(REGION0 "/numa_node");
	ck_assert_int_eq(answer, 7);

	with_attribute("numa_node", "-1\n", 0644, region);
	ck_assert_int_eq(pmem2_ndctl_v1.numa_node(region, &answer, &why), 0);
	ck_assert_int_eq(answer, -1);
	remove_region(region);

	answer = 7;
	with_attribute("numa_node", "3\n", 0, region);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	int ret = pmem2_ndctl_v1.numa_node(region, &answer, &why);
	ck_assert_int_eq(seteuid(getuid()), 0);
	ck_assert_int_eq(ret, -EACCES);
	says("/numa_node: Permission denied");
	says("CAP_DAC_READ_SEARCH");
	ck_assert_int_eq(answer, 7);
	remove_region(region);
}
END_TEST

START_TEST(an_address_that_is_not_for_this_user_says_who_may)
{
	char region[PATH_MAX];
	uint64_t offset = 7, length = 7;

	regions[0].resource = ULLONG_MAX;
	with_attribute("resource", "0x100000000\n", 0, region);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	int ret = pmem2_ndctl_v1.dax_extent(region, makedev(252, 1), &offset, &length, &why);
	int of_clear = pmem2_ndctl_v1.clear(region, 0, 512, &why);
	ck_assert_int_eq(seteuid(getuid()), 0);

	ck_assert_int_eq(ret, -EACCES);
	ck_assert_int_eq(of_clear, -EACCES);
	says("/resource: Permission denied");
	says("CAP_DAC_READ_SEARCH");
	ck_assert_uint_eq(offset, 7);
	remove_region(region);

	/* an address that there is not, and one that libndctl does not understand */
	ck_assert_int_eq(pmem2_ndctl_v1.dax_extent(REGION0, makedev(252, 1), &offset, &length,
				 &why),
		PMEM2_E_NOSUPP);
	says(REGION0 "/resource");
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, 0, 512, &why), PMEM2_E_NOSUPP);
	with_attribute("resource", "many\n", 0644, region);
	ck_assert_int_eq(pmem2_ndctl_v1.dax_extent(region, makedev(252, 1), &offset, &length, &why),
		-EPROTO);
	ck_assert_uint_eq(offset, 7);
	remove_region(region);
}
END_TEST

START_TEST(a_device_is_placed_in_its_region)
{
	uint64_t offset = 7, length = 7;

	ck_assert_int_eq(pmem2_ndctl_v1.dax_extent(REGION0, makedev(252, 1), &offset, &length,
				 &why),
		0);
	ck_assert_uint_eq(offset, MIB);
	ck_assert_uint_eq(length, 4 * MIB);

	offset = 7;
	ck_assert_int_eq(pmem2_ndctl_v1.dax_extent(REGION0, makedev(252, 2), &offset, &length,
				 &why),
		-ENODEV);
	says("252:2");

	const unsigned long long outside[] = {4 * GIB - MIB, 4 * GIB + 63 * MIB};
	for (size_t i = 0; i < 2; i++) {
		dax_resource = outside[i];
		ck_assert_int_eq(pmem2_ndctl_v1.dax_extent(REGION0, makedev(252, 1), &offset,
					 &length, &why),
			-EPROTO);
	}
	ck_assert_uint_eq(offset, 7);
}
END_TEST

START_TEST(clearing_is_all_or_an_error)
{
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, MIB, 1024, &why), 0);
	ck_assert_uint_eq(last.address, 4 * GIB + MIB);
	ck_assert_uint_eq(last.length, 1024);

	cleared = 512;
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, MIB, 1024, &why), -ENXIO);
	says("512 of 1024");
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, MIB + 100, 1024, &why), -EINVAL);
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, MIB, 100, &why), -EINVAL);
	says("256");

	submit_result = -EACCES;
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, MIB, 1024, &why), -EACCES);
	says("/dev/ndctl0");
	says("CAP_DAC_OVERRIDE");

	can_clear = false;
	ck_assert_int_eq(pmem2_ndctl_v1.clear(REGION0, MIB, 1024, &why), PMEM2_E_NOSUPP);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {ids_and_counts_are_those_of_the_regions_dimms,
		no_dimms_is_an_answer, dimms_that_were_not_seen_are_not_left_out,
		a_dimm_without_a_value_has_none_to_tell,
		a_dimm_that_cannot_be_read_is_not_one_without_a_value,
		libndctl_may_fail_or_not_list_the_region,
		the_node_is_told_or_not_there_or_not_readable,
		an_address_that_is_not_for_this_user_says_who_may, a_device_is_placed_in_its_region,
		clearing_is_all_or_an_error, NULL};

	return unit_run_with("ndctl", tests, set_up, tear_down);
}
