/* SPDX-License-Identifier: BSD-3-Clause */
/* test_device.c -- device id, shutdown count, NUMA node: the value, none, or not to be had. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "device.h"
#include "fake_sysfs.h"
#include "unit.h"

static const struct pmem2_source anon = {.type = PMEM2_SOURCE_ANON, .fd = -1};
static struct pmem2_source on_nvdimm = {.type = PMEM2_SOURCE_FILE, .fd = -1};
static struct pmem2_source on_partition = {.type = PMEM2_SOURCE_FILE, .fd = -1};
static struct pmem2_source on_sda = {.type = PMEM2_SOURCE_FILE, .fd = -1};
static struct pmem2_source dax = {.type = PMEM2_SOURCE_DEVDAX, .fd = -1};
static struct pmem2_source hmem = {.type = PMEM2_SOURCE_DEVDAX, .fd = -1};

static void set_up(void)
{
	fake_set_up();
	on_nvdimm.device = FAKE_DISK;
	on_partition.device = FAKE_PARTITION;
	on_sda.device = FAKE_ORDINARY;
	dax.device = FAKE_DAX;
	hmem.device = FAKE_HMEM;
	setenv("PMEM2_BACKEND_DIR", FAKE_NDCTL_DIR, 1);
	unsetenv("FAKE_NDCTL");
	unsetenv("FAKE_REGION");
}

static void expect_asked_about_region1(void)
{
	char path[PATH_MAX], real[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fake_root, FAKE_REGION);
	ck_assert_ptr_nonnull(realpath(path, real));
	ck_assert_str_eq(getenv("FAKE_REGION"), real);
}

START_TEST(values_come_from_the_sources_own_region)
{
	const struct pmem2_source *const sources[] = {&on_nvdimm, &on_partition, &dax};

	for (size_t i = 0; i < 3; i++) {
		uint64_t usc = 0;
		int node = 0;

		unsetenv("FAKE_REGION");
		works(pmem2_source_device_usc(sources[i], &usc));
		ck_assert_uint_eq(usc, 84);
		expect_asked_about_region1();
		works(pmem2_source_numa_node(sources[i], &node));
		ck_assert_int_eq(node, 3);
	}
}
END_TEST

START_TEST(id_needs_room_for_its_final_0)
{
	char id[32];
	size_t length = 0;

	works(pmem2_source_device_id(&on_nvdimm, NULL, &length));
	ck_assert_uint_eq(length, sizeof("8680-a8680-b"));

	memset(id, '?', sizeof(id));
	length--;
	fails(pmem2_source_device_id(&on_nvdimm, id, &length), PMEM2_E_BUFFER_TOO_SMALL, "13");
	for (size_t i = 0; i < sizeof(id); i++)
		ck_assert_int_eq(id[i], '?');

	length++;
	works(pmem2_source_device_id(&on_nvdimm, id, &length));
	ck_assert_str_eq(id, "8680-a8680-b");
	ck_assert_int_eq(id[13], '?');
}
END_TEST

START_TEST(id_of_a_region_without_dimms_is_empty)
{
	char id[4] = "???";
	size_t length = 0;

	setenv("FAKE_ID", "", 1);
	works(pmem2_source_device_id(&on_nvdimm, NULL, &length));
	ck_assert_uint_eq(length, 1);
	works(pmem2_source_device_id(&on_nvdimm, id, &length));
	ck_assert_str_eq(id, "");
	unsetenv("FAKE_ID");
}
END_TEST

START_TEST(anonymous_memory_is_refused_before_any_argument_is_touched)
{
	fails(pmem2_source_device_id(&anon, NULL, NULL), PMEM2_E_NOSUPP, "anonymous");
	fails(pmem2_source_device_usc(&anon, NULL), PMEM2_E_NOSUPP, "anonymous");
	fails(pmem2_source_numa_node(&anon, NULL), PMEM2_E_NOSUPP, "anonymous");
}
END_TEST

static void expect_none(const struct pmem2_source *src)
{
	char id[4] = "???";
	size_t length = sizeof(id);
	uint64_t usc = 7;
	int node = 7;

	fails(pmem2_source_device_id(src, id, &length), PMEM2_E_NOSUPP, "not on an NVDIMM");
	fails(pmem2_source_device_id(src, NULL, &length), PMEM2_E_NOSUPP, "not on an NVDIMM");
	fails(pmem2_source_device_usc(src, &usc), PMEM2_E_NOSUPP, "not on an NVDIMM");
	fails(pmem2_source_numa_node(src, &node), PMEM2_E_DAX_REGION_NOT_FOUND, "not on an NVDIMM");
	ck_assert_str_eq(id, "???");
	ck_assert_uint_eq(length, sizeof(id));
	ck_assert_uint_eq(usc, 7);
	ck_assert_int_eq(node, 7);
	ck_assert_ptr_null(getenv("FAKE_REGION"));
}

START_TEST(what_is_on_no_nvdimm_has_none)
{
	struct pmem2_source tmpfs = {.type = PMEM2_SOURCE_FILE,
		.fd = memfd_create("device", 0),
		.device = makedev(0, 21)};

	expect_none(&on_sda);
	expect_none(&hmem);
	expect_none(&tmpfs);
}
END_TEST

START_TEST(below_another_layer_may_be_an_nvdimm)
{
	struct pmem2_source above = {.type = PMEM2_SOURCE_FILE, .fd = -1, .device = FAKE_DM_DM};
	size_t length;
	uint64_t usc;
	int node;

	fails(pmem2_source_device_id(&above, NULL, &length), PMEM2_E_NOSUPP, "may be on an NVDIMM");
	fails(pmem2_source_device_usc(&above, &usc), PMEM2_E_NOSUPP, "may be on an NVDIMM");
	fails(pmem2_source_numa_node(&above, &node), PMEM2_E_DAX_REGION_NOT_FOUND,
		"may be on an NVDIMM");
}
END_TEST

START_TEST(a_sysfs_that_cannot_be_read_is_no_answer)
{
	size_t length = 7;
	uint64_t usc = 7;
	int node = 7;

	fake_forbid("dev/block");
	fake_no_root();
	fails(pmem2_source_device_usc(&on_nvdimm, &usc), -EACCES, "dev/block/259:0");
	fails(pmem2_source_device_id(&on_sda, NULL, &length), -EACCES, "CAP_DAC_READ_SEARCH");
	fails(pmem2_source_device_usc(&on_sda, &usc), -EACCES, "CAP_DAC_READ_SEARCH");
	fails(pmem2_source_numa_node(&on_sda, &node), -EACCES, "CAP_DAC_READ_SEARCH");
	fake_root_again();
	fake_allow("dev/block");
	ck_assert_uint_eq(length, 7);
	ck_assert_uint_eq(usc, 7);
	ck_assert_int_eq(node, 7);
}
END_TEST

/* a program that finds out about NVDIMMs goes on after NOSUPP alone */
START_TEST(without_a_sysfs_nothing_is_supported)
{
	struct pmem2_source unlisted = {.type = PMEM2_SOURCE_FILE,
		.fd = -1,
		.device = makedev(8, 77)};
	struct pmem2_source hidden = unlisted;
	struct pmem2_badblock_context *ctx;
	size_t length = 7;
	uint64_t usc = 7;
	int node = 7;

	hidden.device =
		makedev(0, 42); /* no device known, nor a file system: it could be an overlay */
	for (int i = 0; i < 2; i++) {
		const struct pmem2_source *src = i == 0 ? &unlisted : &hidden;
		const char *words = i == 0 ? "dev/block/8:77" : "/dev (is";

		pmem2_sysfs_root = "/nonexistent";
		fails(pmem2_source_device_id(src, NULL, &length), PMEM2_E_NOSUPP, words);
		fails(pmem2_source_device_usc(src, &usc), PMEM2_E_NOSUPP, words);
		ck_assert_int_lt(pmem2_source_numa_node(src, &node), 0);
		fails(pmem2_badblock_context_new(&ctx, src), PMEM2_E_NOSUPP, words);
	}
	pmem2_sysfs_root = fake_root;
	fails(pmem2_source_device_usc(&unlisted, &usc), PMEM2_E_NOSUPP, "dev/block/8:77");
	ck_assert_uint_eq(length, 7);
	ck_assert_uint_eq(usc, 7);
	ck_assert_int_eq(node, 7);
}
END_TEST

START_TEST(the_modules_failures_are_passed_on)
{
	static const int codes[] = {PMEM2_E_NOSUPP, -EACCES, -EIO};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char text[16], id[4] = "???";
		size_t length = sizeof(id);
		uint64_t usc = 7;
		int node = 7;

		snprintf(text, sizeof(text), "%d", codes[i]);
		setenv("FAKE_NDCTL", text, 1);
		fails(pmem2_source_device_id(&dax, id, &length), codes[i], "of the module");
		fails(pmem2_source_device_usc(&dax, &usc), codes[i], "of the module");
		fails(pmem2_source_numa_node(&dax, &node), codes[i], "of the module");
		ck_assert_str_eq(id, "???");
		ck_assert_uint_eq(usc, 7);
		ck_assert_int_eq(node, 7);
	}
}
END_TEST

START_TEST(without_the_module_the_answer_names_it)
{
	size_t length;
	uint64_t usc = 7;
	int node;

	setenv("PMEM2_BACKEND_DIR", fake_root, 1);
	fails(pmem2_source_device_id(&on_nvdimm, NULL, &length), PMEM2_E_NOSUPP, "libpmem2-ndctl");
	fails(pmem2_source_numa_node(&on_nvdimm, &node), PMEM2_E_NOSUPP, "libpmem2-ndctl");
	fails(pmem2_source_device_usc(&on_nvdimm, &usc), PMEM2_E_NOSUPP, "libpmem2-ndctl");
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), fake_root));
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "ndctl.so"));
	ck_assert_uint_eq(usc, 7);

	/* it is not needed to know that there is none */
	fails(pmem2_source_device_usc(&on_sda, &usc), PMEM2_E_NOSUPP, "not on an NVDIMM");

	/* it may be installed while the program runs */
	setenv("PMEM2_BACKEND_DIR", FAKE_NDCTL_DIR, 1);
	works(pmem2_source_device_usc(&on_nvdimm, &usc));
}
END_TEST

static void *ask_all(void *arg)
{
	struct pmem2_badblock_context *ctx;
	char id[32];
	size_t length = sizeof(id);
	uint64_t usc;
	int node;

	(void)arg;
	works(pmem2_source_device_id(&dax, id, &length));
	works(pmem2_source_device_usc(&dax, &usc));
	works(pmem2_source_numa_node(&dax, &node));
	works(pmem2_badblock_context_new(&ctx, &dax));
	pmem2_badblock_context_delete(&ctx);
	return NULL;
}

START_TEST(a_small_stack_is_enough)
{
	unit_with_small_stack(ask_all, NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {values_come_from_the_sources_own_region,
		id_needs_room_for_its_final_0, id_of_a_region_without_dimms_is_empty,
		anonymous_memory_is_refused_before_any_argument_is_touched,
		what_is_on_no_nvdimm_has_none, below_another_layer_may_be_an_nvdimm,
		a_sysfs_that_cannot_be_read_is_no_answer, without_a_sysfs_nothing_is_supported,
		the_modules_failures_are_passed_on, without_the_module_the_answer_names_it,
		a_small_stack_is_enough, NULL};

	return unit_run_with("device", tests, set_up, fake_tear_down);
}
