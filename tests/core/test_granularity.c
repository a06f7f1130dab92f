/* SPDX-License-Identifier: BSD-3-Clause */
/* test_granularity.c -- what a mapping promises, on a sysfs of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "fake_sysfs.h"
#include "granularity.h"
#include "registry.h"
#include "unit.h"

static const struct pmem2_source anon = {.type = PMEM2_SOURCE_ANON, .fd = -1};
static struct pmem2_source file = {.type = PMEM2_SOURCE_FILE};
static struct pmem2_source other = {.type = PMEM2_SOURCE_FILE};
static struct pmem2_source devdax = {.type = PMEM2_SOURCE_DEVDAX};
static struct pmem2_source hmem = {.type = PMEM2_SOURCE_DEVDAX};

static void set_up(void)
{
	fake_set_up();
	file.device = FAKE_DISK;
	other.device = FAKE_ORDINARY;
	devdax.device = FAKE_DAX;
	hmem.device = FAKE_HMEM;
}

/* A CPU without an instruction for it (arm without DC CVAP) leaves files to msync(2), whatever holds them. */
static void promises(const struct pmem2_source *src, bool synchronous,
	enum pmem2_granularity granularity, enum pmem2_step step)
{
	struct pmem2_verdict verdict;
	bool unserved = src->type == PMEM2_SOURCE_FILE && step != PMEM2_STEP_FORCED &&
	                !pmem2_registry_serves(granularity);

	ck_assert_int_eq(pmem2_granularity_judge(src, true, synchronous,
				 synchronous ? 0 : EOPNOTSUPP, &verdict),
		0);
	ck_assert_int_eq(verdict.granularity, unserved ? PMEM2_GRANULARITY_PAGE : granularity);
	ck_assert_int_eq(verdict.step, unserved ? PMEM2_STEP_NO_BACKEND : step);
	ck_assert(verdict.durable);
}

START_TEST(volatile_memory_is_byte_whatever_is_forced)
{
	struct pmem2_verdict verdict;

	setenv("PMEM2_FORCE_GRANULARITY", "PAGE", 1);
	ck_assert_int_eq(pmem2_granularity_judge(&anon, true, false, 0, &verdict), 0);
	ck_assert_int_eq(verdict.granularity, PMEM2_GRANULARITY_BYTE);
	ck_assert_int_eq(pmem2_granularity_judge(&file, false, false, 0, &verdict), 0);
	ck_assert_int_eq(verdict.granularity, PMEM2_GRANULARITY_BYTE);
	ck_assert(!verdict.durable);
}
END_TEST

START_TEST(the_files_own_region_decides)
{
	fake_put(FAKE_REGION "/persistence_domain", "cpu_cache\n");
	promises(&file, true, PMEM2_GRANULARITY_BYTE, PMEM2_STEP_EADR);
	promises(&devdax, true, PMEM2_GRANULARITY_BYTE, PMEM2_STEP_EADR);
	promises(&other, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_NO_REGION);
	promises(&file, false, PMEM2_GRANULARITY_PAGE, PMEM2_STEP_NO_SYNC);

	fake_put(FAKE_REGION "/persistence_domain", "memory_controller\n");
	promises(&file, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_ADR);
	promises(&devdax, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_ADR);
}
END_TEST

START_TEST(a_domain_that_says_nothing_proves_nothing)
{
	static const char *const contents[] = {"", "\n", "cpu", "cpu_cache_maybe\n"};

	promises(&file, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_NO_REGION);
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		fake_put(FAKE_REGION "/persistence_domain", contents[i]);
		promises(&file, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_NO_REGION);
	}
}
END_TEST

START_TEST(a_name_is_no_region_without_the_nd_bus)
{
	char path[4096];

	fake_put(FAKE_REGION "/persistence_domain", "cpu_cache\n");
	snprintf(path, sizeof(path), "%s/devices/ndbus0/region1/subsystem", fake_root);
	ck_assert_int_eq(unlink(path), 0);
	promises(&file, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_NO_REGION);
}
END_TEST

static void refuses(const struct pmem2_source *src, const char *words)
{
	struct pmem2_verdict verdict;

	ck_assert_int_eq(pmem2_granularity_judge(src, true, true, 0, &verdict),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), words));
}

/* what the region would say is not known: no mapping passes for a coarser one */
START_TEST(a_shortage_makes_nothing_coarser)
{
	const struct pmem2_source *sources[] = {&file, &devdax};
	struct pmem2_verdict verdict;

	fake_put(FAKE_REGION "/persistence_domain", "cpu_cache\n");
	for (size_t i = 0; i < 2; i++) {
		struct rlimit before = unit_leave_descriptors(0);

		fails(pmem2_granularity_judge(sources[i], true, true, 0, &verdict), -EMFILE,
			"try again");
		setrlimit(RLIMIT_NOFILE, &before);
		promises(sources[i], true, PMEM2_GRANULARITY_BYTE, PMEM2_STEP_EADR);
	}
}
END_TEST

START_TEST(device_dax_on_no_nvdimm_is_refused_by_name)
{
	refuses(&hmem, "/dev/char/252:0");

	setenv("PMEM2_FORCE_GRANULARITY", "byte", 1);
	promises(&hmem, true, PMEM2_GRANULARITY_BYTE, PMEM2_STEP_FORCED);
}
END_TEST

START_TEST(device_dax_over_virtio_is_refused)
{
	fake_put("devices/ndbus0/provider", "virtio-pmem\n");
	refuses(&devdax, "252:1");
	fake_put("devices/ndbus0/provider", "ACPI.NFIT\n");
	promises(&devdax, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_NO_REGION);
}
END_TEST

START_TEST(device_dax_that_may_be_over_virtio_is_refused)
{
	refuses(&devdax, "252:1"); /* no provider at all */

	fake_put("devices/ndbus0/provider", "virtio-pmem\n");
	fake_forbid("devices/ndbus0/provider");
	fake_no_root();
	refuses(&devdax, "252:1");
	fake_root_again();

	fake_put(FAKE_REGION "/persistence_domain", "memory_controller\n");
	promises(&devdax, true, PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_ADR);
}
END_TEST

START_TEST(device_dax_knows_no_pages)
{
	setenv("PMEM2_FORCE_GRANULARITY", "PAGE", 1);
	refuses(&devdax, "msync");
}
END_TEST

START_TEST(forced_values_in_any_case_and_others_ignored)
{
	static const struct {
		const char *value;
		enum pmem2_granularity granularity;
		enum pmem2_step step;
	} table[] = {
		{"PAGE", PMEM2_GRANULARITY_PAGE, PMEM2_STEP_FORCED},
		{"page", PMEM2_GRANULARITY_PAGE, PMEM2_STEP_FORCED},
		{"Cache_Line", PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_FORCED},
		{"CACHELINE", PMEM2_GRANULARITY_CACHE_LINE, PMEM2_STEP_FORCED},
		{"byte", PMEM2_GRANULARITY_BYTE, PMEM2_STEP_FORCED},
		{"bytes", PMEM2_GRANULARITY_PAGE, PMEM2_STEP_NO_SYNC},
		{"", PMEM2_GRANULARITY_PAGE, PMEM2_STEP_NO_SYNC},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		setenv("PMEM2_FORCE_GRANULARITY", table[i].value, 1);
		promises(&file, false, table[i].granularity, table[i].step);
	}
}
END_TEST

START_TEST(without_a_cpu_backend_a_dax_file_is_served_by_pages)
{
	setenv("PMEM2_BACKEND", "generic_msync", 1);
	promises(&file, true, PMEM2_GRANULARITY_PAGE, PMEM2_STEP_NO_BACKEND);
	setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
	promises(&file, true, PMEM2_GRANULARITY_PAGE, PMEM2_STEP_NO_BACKEND);
}
END_TEST

static void refuses_finer(const struct pmem2_verdict *verdict, const struct pmem2_source *src,
	enum pmem2_granularity required, const char *words)
{
	ck_assert_int_eq(pmem2_granularity_check(verdict, src, verdict->granularity), 0);
	ck_assert_int_eq(pmem2_granularity_check(verdict, src, required),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	ck_assert_msg(strstr(pmem2_errormsg(), words) != NULL, "\"%s\" is not in \"%s\"", words,
		pmem2_errormsg());
}

START_TEST(a_refusal_names_the_step)
{
	const struct pmem2_verdict page = {PMEM2_GRANULARITY_PAGE, true, PMEM2_STEP_NO_SYNC,
		EINVAL};
	const struct pmem2_verdict line = {PMEM2_GRANULARITY_CACHE_LINE, true, PMEM2_STEP_ADR, 0};

	refuses_finer(&page, &other, PMEM2_GRANULARITY_CACHE_LINE,
		"MAP_SYNC was refused: Invalid argument");
	refuses_finer(&line, &devdax, PMEM2_GRANULARITY_BYTE, "(eADR)");
	refuses_finer(&line, &devdax, PMEM2_GRANULARITY_BYTE, "is memory_controller");
}
END_TEST

START_TEST(a_refusal_names_region_and_domain)
{
	const struct pmem2_verdict page = {PMEM2_GRANULARITY_PAGE, true, PMEM2_STEP_NO_SYNC,
		EOPNOTSUPP};

	refuses_finer(&page, &file, PMEM2_GRANULARITY_BYTE,
		"; nd region: region1, persistence_domain: not told");
	fake_put(FAKE_REGION "/persistence_domain", "memory_controller\n");
	refuses_finer(&page, &file, PMEM2_GRANULARITY_BYTE,
		"; nd region: region1, persistence_domain: memory_controller");
	refuses_finer(&page, &other, PMEM2_GRANULARITY_BYTE, "; nd region: none");
}
END_TEST

START_TEST(a_refusal_names_the_file_system)
{
	const struct pmem2_verdict page = {PMEM2_GRANULARITY_PAGE, true, PMEM2_STEP_NO_SYNC,
		EOPNOTSUPP};
	struct pmem2_source memory = {.type = PMEM2_SOURCE_FILE, .device = FAKE_ORDINARY};
	struct pmem2_source odd = memory;

	memory.fd = memfd_create("memory", 0);
	odd.fd = open("/proc/version", O_RDONLY); /* qemu-user has a /proc/self of its own */
	ck_assert_int_ge(memory.fd, 0);
	ck_assert_int_ge(odd.fd, 0);
	refuses_finer(&page, &memory, PMEM2_GRANULARITY_BYTE, "; file system: tmpfs");
	refuses_finer(&page, &odd, PMEM2_GRANULARITY_BYTE, "; file system: type 0x9fa0");
	close(memory.fd);
	close(odd.fd);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {volatile_memory_is_byte_whatever_is_forced,
		the_files_own_region_decides, a_domain_that_says_nothing_proves_nothing,
		a_name_is_no_region_without_the_nd_bus, a_shortage_makes_nothing_coarser,
		device_dax_on_no_nvdimm_is_refused_by_name, device_dax_over_virtio_is_refused,
		device_dax_that_may_be_over_virtio_is_refused, device_dax_knows_no_pages,
		forced_values_in_any_case_and_others_ignored,
		without_a_cpu_backend_a_dax_file_is_served_by_pages, a_refusal_names_the_step,
		a_refusal_names_region_and_domain, a_refusal_names_the_file_system, NULL};

	return unit_run_with("granularity", tests, set_up, fake_tear_down);
}
