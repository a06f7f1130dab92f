/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_ndctl.c -- the module ndctl.so on a libndctl of the test's own: ndbus0 with region0, which has two
 * DIMMs at 4 GiB and a Device DAX at 1 MiB, and region1, which has none.
 */
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

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

struct ndctl_region {
	const char *name;
	unsigned mappings;
	unsigned dimms;
	unsigned long long resource;
};

struct ndctl_dimm {
	const char *id;
	long long shutdowns;
};

struct ndctl_cmd {
	uint64_t address, length;
};

/* what a test may change */
static struct ndctl_region regions[2];
static struct ndctl_dimm dimms[2];
static int new_result, node, submit_result, contexts, commands;
static int dimm_error; /* errno of reading the DIMMs' attributes; 0: there are none */
static bool can_clear;
static unsigned unit;
static unsigned long long dax_resource, cleared;

static void set_up(void)
{
	regions[0] = (struct ndctl_region){"region0", 2, 2, 4 * GIB};
	regions[1] = (struct ndctl_region){"region1", 0, 0, 8 * GIB};
	dimms[0] = (struct ndctl_dimm){"8680-1", 42};
	dimms[1] = (struct ndctl_dimm){"8680-22", 43};
	new_result = submit_result = contexts = commands = node = dimm_error = 0;
	can_clear = true;
	unit = 256;
	dax_resource = 4 * GIB + MIB;
	cleared = ULLONG_MAX;
}

/* ---- libndctl: objects are told apart by where they are in the arrays above ---- */

static char context, dax_context, bus, dax, dax_region, device;

int ndctl_new(struct ndctl_ctx **ctx)
{
	contexts += new_result == 0;
	*ctx = (struct ndctl_ctx *)&context;
	return new_result;
}

struct ndctl_ctx *ndctl_unref(struct ndctl_ctx *ctx)
{
	(void)ctx;
	contexts--;
	return NULL;
}

struct daxctl_ctx *ndctl_get_daxctl_ctx(struct ndctl_ctx *ctx)
{
	(void)ctx;
	return (struct daxctl_ctx *)&dax_context;
}

void ndctl_set_log_fn(struct ndctl_ctx *ctx, void (*log)(struct ndctl_ctx *, int, const char *, int,
						     const char *, const char *, va_list))
{
	(void)ctx;
	ck_assert(log != NULL);
}

void daxctl_set_log_fn(struct daxctl_ctx *ctx, void (*log)(struct daxctl_ctx *, int, const char *,
						       int, const char *, const char *, va_list))
{
	(void)ctx;
	ck_assert(log != NULL);
}

struct ndctl_bus *ndctl_bus_get_first(struct ndctl_ctx *ctx)
{
	(void)ctx;
	return (struct ndctl_bus *)&bus;
}

struct ndctl_bus *ndctl_bus_get_next(struct ndctl_bus *b)
{
	(void)b;
	return NULL;
}

const char *ndctl_bus_get_devname(struct ndctl_bus *b)
{
	(void)b;
	return "ndbus0";
}

unsigned int ndctl_bus_get_id(struct ndctl_bus *b)
{
	(void)b;
	return 0;
}

int ndctl_bus_is_cmd_supported(struct ndctl_bus *b, int cmd)
{
	(void)b;
	return can_clear || cmd == ND_CMD_ARS_CAP;
}

struct ndctl_region *ndctl_region_get_first(struct ndctl_bus *b)
{
	(void)b;
	return &regions[0];
}

struct ndctl_region *ndctl_region_get_next(struct ndctl_region *region)
{
	return region == &regions[0] ? &regions[1] : NULL;
}

const char *ndctl_region_get_devname(struct ndctl_region *region)
{
	return region->name;
}

struct ndctl_bus *ndctl_region_get_bus(struct ndctl_region *region)
{
	(void)region;
	return (struct ndctl_bus *)&bus;
}

unsigned int ndctl_region_get_mappings(struct ndctl_region *region)
{
	return region->mappings;
}

unsigned long long ndctl_region_get_resource(struct ndctl_region *region)
{
	return region->resource;
}

unsigned long long ndctl_region_get_size(struct ndctl_region *region)
{
	(void)region;
	return 64 * MIB;
}

int ndctl_region_get_numa_node(struct ndctl_region *region)
{
	(void)region;
	return node;
}

struct ndctl_dimm *ndctl_region_get_first_dimm(struct ndctl_region *region)
{
	return region->dimms > 0 ? &dimms[0] : NULL;
}

struct ndctl_dimm *ndctl_region_get_next_dimm(struct ndctl_region *region, struct ndctl_dimm *dimm)
{
	return dimm + 1 < dimms + region->dimms ? dimm + 1 : NULL;
}

const char *ndctl_dimm_get_unique_id(struct ndctl_dimm *dimm)
{
	return dimm->id;
}

long long ndctl_dimm_get_dirty_shutdown(struct ndctl_dimm *dimm)
{
	return dimm->shutdowns;
}

const char *ndctl_dimm_get_devname(struct ndctl_dimm *dimm)
{
	return dimm == &dimms[0] ? "nmem-of-the-test-0" : "nmem-of-the-test-1";
}

struct ndctl_dax *ndctl_dax_get_first(struct ndctl_region *region)
{
	return region == &regions[0] ? (struct ndctl_dax *)&dax : NULL;
}

struct ndctl_dax *ndctl_dax_get_next(struct ndctl_dax *d)
{
	(void)d;
	return NULL;
}

struct daxctl_region *ndctl_dax_get_daxctl_region(struct ndctl_dax *d)
{
	(void)d;
	return (struct daxctl_region *)&dax_region;
}

struct daxctl_dev *daxctl_dev_get_first(struct daxctl_region *region)
{
	(void)region;
	return (struct daxctl_dev *)&device;
}

struct daxctl_dev *daxctl_dev_get_next(struct daxctl_dev *dev)
{
	(void)dev;
	return NULL;
}

int daxctl_dev_get_major(struct daxctl_dev *dev)
{
	(void)dev;
	return 252;
}

int daxctl_dev_get_minor(struct daxctl_dev *dev)
{
	(void)dev;
	return 1;
}

const char *daxctl_dev_get_devname(struct daxctl_dev *dev)
{
	(void)dev;
	return "dax-of-the-test";
}

unsigned long long daxctl_dev_get_resource(struct daxctl_dev *dev)
{
	(void)dev;
	return dax_resource;
}

unsigned long long daxctl_dev_get_size(struct daxctl_dev *dev)
{
	(void)dev;
	return 4 * MIB;
}

static struct ndctl_cmd last;

struct ndctl_cmd *ndctl_bus_cmd_new_ars_cap(struct ndctl_bus *b, unsigned long long address,
	unsigned long long length)
{
	(void)b, (void)address, (void)length;
	commands++;
	return &last;
}

struct ndctl_cmd *ndctl_bus_cmd_new_clear_error(unsigned long long address,
	unsigned long long length, struct ndctl_cmd *cap)
{
	ck_assert_ptr_eq(cap, &last);
	commands++;
	last = (struct ndctl_cmd){address, length};
	return &last;
}

int ndctl_cmd_submit(struct ndctl_cmd *cmd)
{
	(void)cmd;
	return submit_result;
}

void ndctl_cmd_unref(struct ndctl_cmd *cmd)
{
	(void)cmd;
	commands--;
}

unsigned int ndctl_cmd_ars_cap_get_clear_unit(struct ndctl_cmd *cap)
{
	(void)cap;
	return unit;
}

unsigned long long ndctl_cmd_clear_error_get_cleared(struct ndctl_cmd *cmd)
{
	return cmd->length < cleared ? cmd->length : cleared;
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
