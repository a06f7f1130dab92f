/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_listed.c -- errors that the manual pages list and that take a broken sysfs, a device that is
 * none, or nine handlers of SIGBUS.
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fake_sysfs.h"
#include "map.h"
#include "registry.h"
#include "real_file.h"
#include "source.h"
#include "unit.h"

#define DAX FAKE_REGION "/dax1.1/dax1.0"

static struct pmem2_source dax;

/* Device DAX of 64 KiB: a file stands in for it. */
static void set_up(void)
{
	fake_set_up();
	fake_link(DAX "/subsystem", "bus/dax");
	fake_put(DAX "/size", "65536\n");
	fake_put(DAX "/align", "4096\n");
	dax = real_file(FAKE_DAX);
	dax.type = PMEM2_SOURCE_DEVDAX;
	real_write(dax.fd, 0, 16);
}

static struct pmem2_badblock_context *context(void)
{
	struct pmem2_badblock_context *ctx;

	setenv("PMEM2_BACKEND_DIR", FAKE_NDCTL_DIR, 1);
	works(pmem2_badblock_context_new(&ctx, &dax));
	return ctx;
}

static struct pmem2_config *config(void)
{
	struct pmem2_config *cfg;

	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	return cfg;
}

/* All that ask for the size or the alignment. */
static void expect_everywhere(int code, const char *text)
{
	const struct pmem2_badblock bad = {0, 4096};
	struct pmem2_badblock_context *ctx = context();
	struct pmem2_config *cfg = config();
	struct pmem2_map *map;
	char byte = 0;

	fails(pmem2_map_new(&map, cfg, &dax), code, text);
	fails(pmem2_source_pread_mcsafe(&dax, &byte, 1, 0), code, text);
	fails(pmem2_source_pwrite_mcsafe(&dax, &byte, 1, 0), code, text);
	fails(pmem2_badblock_clear(ctx, &bad), code, text);
	pmem2_badblock_context_delete(&ctx);
	pmem2_config_delete(&cfg);
}

START_TEST(a_size_that_is_none)
{
	size_t size;

	fake_put(DAX "/size", "large\n");
	fails(pmem2_source_size(&dax, &size), PMEM2_E_INVALID_SIZE_FORMAT, "/size holds no size");
	expect_everywhere(PMEM2_E_INVALID_SIZE_FORMAT, "/size holds no size");
}
END_TEST

START_TEST(an_alignment_that_is_none)
{
	size_t alignment;

	fake_put(DAX "/align", "some\n");
	fails(pmem2_source_alignment(&dax, &alignment), PMEM2_E_INVALID_ALIGNMENT_FORMAT, "/align");
	expect_everywhere(PMEM2_E_INVALID_ALIGNMENT_FORMAT, "/align holds no alignment");
	fake_put(DAX "/align", "12288\n");
	fails(pmem2_source_alignment(&dax, &alignment), PMEM2_E_INVALID_ALIGNMENT_VALUE, "12288");
	expect_everywhere(PMEM2_E_INVALID_ALIGNMENT_VALUE, "12288");
}
END_TEST

START_TEST(a_descriptor_that_was_closed)
{
	const struct pmem2_badblock bad = {0, 4096};
	struct pmem2_badblock_context *ctx = context(), *none;
	struct pmem2_source file = real_file(FAKE_DISK);
	char byte = 0;

	close(dax.fd);
	close(file.fd);
	fails(pmem2_badblock_clear(ctx, &bad), PMEM2_E_INVALID_FILE_HANDLE, "fstat");
	fails(pmem2_source_pread_mcsafe(&dax, &byte, 1, 0), PMEM2_E_INVALID_FILE_HANDLE, "fstat");
	fails(pmem2_source_pwrite_mcsafe(&dax, &byte, 1, 0), PMEM2_E_INVALID_FILE_HANDLE, "fstat");
	fails(pmem2_badblock_context_new(&none, &file), PMEM2_E_INVALID_FILE_HANDLE, "fstat");
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

START_TEST(dimms_that_are_changed_during_the_question)
{
	char id[64];
	size_t length = sizeof(id);

	setenv("PMEM2_BACKEND_DIR", FAKE_NDCTL_DIR, 1);
	setenv("FAKE_ID_THEN", "another", 1);
	fails(pmem2_source_device_id(&dax, id, &length), -EAGAIN, "changed meanwhile");
}
END_TEST

START_TEST(device_dax_is_not_mapped_privately)
{
	struct pmem2_config *cfg = config();
	struct pmem2_map *map;

	works(pmem2_config_set_sharing(cfg, PMEM2_PRIVATE));
	fails(pmem2_map_new(&map, cfg, &dax), PMEM2_E_SRC_DEVDAX_PRIVATE, "");
	pmem2_config_delete(&cfg);
}
END_TEST

START_TEST(a_map_that_was_deleted)
{
	char page[1];
	struct pmem2_map gone = {.address = page, .length = 1}, *map = &gone;

	fails(pmem2_map_delete(&map), PMEM2_E_MAPPING_NOT_FOUND, "no map is registered");
	ck_assert_ptr_eq(map, &gone);
}
END_TEST

START_TEST(a_map_without_neighbours)
{
	struct pmem2_source file = real_file(FAKE_ORDINARY);
	struct pmem2_config *cfg = config();
	struct pmem2_vm_reservation *rsv;
	struct pmem2_map *map, *found;

	real_write(file.fd, 0, 1);
	works(pmem2_vm_reservation_new(&rsv, NULL, (size_t)sysconf(_SC_PAGESIZE)));
	works(pmem2_config_set_vm_reservation(cfg, rsv, 0));
	works(pmem2_map_new(&map, cfg, &file));
	fails(pmem2_vm_reservation_map_find_next(rsv, map, &found), PMEM2_E_MAPPING_NOT_FOUND, "");
	fails(pmem2_vm_reservation_map_find_prev(rsv, map, &found), PMEM2_E_MAPPING_NOT_FOUND, "");
	works(pmem2_map_delete(&map));
	works(pmem2_vm_reservation_delete(&rsv));
	pmem2_config_delete(&cfg);
}
END_TEST

/* ---- writing to the device: for a program, or to have zeros where a bad block was ---- */

static void expect_of_writing(int code, const char *text, void (*before)(void))
{
	const struct pmem2_badblock bad = {0, 4096};
	struct pmem2_badblock_context *ctx = context();
	char byte = 0;

	before();
	fails(pmem2_source_pwrite_mcsafe(&dax, &byte, 1, 0), code, text);
	before();
	fails(pmem2_badblock_clear(ctx, &bad), code, text);
	pmem2_badblock_context_delete(&ctx);
}

static void nothing(void)
{
}

/* The backends are loaded at the first question, ndctl.so's stand-in later. */
static bool can_write(void)
{
	bool can = pmem2_registry_serves(PMEM2_GRANULARITY_CACHE_LINE);

	if (!can)
		printf("# no backend here that could make a write durable\n");
	return can;
}

START_TEST(no_backend_can_write)
{
	/* there is none beside ndctl.so's stand-in */
	expect_of_writing(PMEM2_E_GRANULARITY_NOT_SUPPORTED, "", nothing);
}
END_TEST

START_TEST(the_backend_that_is_named_is_not_there)
{
	setenv("PMEM2_BACKEND", "nosuch", 1);
	expect_of_writing(PMEM2_E_BACKEND, "nosuch", nothing);
}
END_TEST

START_TEST(a_device_that_does_not_take_it)
{
	if (!can_write())
		return;
	works(ftruncate(dax.fd, 0));
	expect_of_writing(PMEM2_E_IO_FAIL, "SIGBUS", nothing);
}
END_TEST

static void handler(int number)
{
	(void)number;
}

/* Each differs in what it blocks. */
static void another_handler(void)
{
	static int signal_number;
	struct sigaction action = {.sa_handler = handler};

	sigaddset(&action.sa_mask, SIGRTMIN + signal_number++);
	sigaction(SIGBUS, &action, NULL);
}

START_TEST(more_handlers_of_sigbus_than_can_be_told_apart)
{
	char byte = 0;
	int ret = 0;
	bool write = can_write();

	for (int i = 0; i < 20 && ret == 0; i++) {
		another_handler();
		ret = pmem2_source_pread_mcsafe(&dax, &byte, 1, 0);
	}
	ck_assert_int_eq(ret, PMEM2_E_NOSUPP);
	if (write)
		expect_of_writing(PMEM2_E_NOSUPP, "different handlers", another_handler);
}
END_TEST

static bool is_limited(void)
{
#ifdef __SANITIZE_ADDRESS__
	return false;
#else
	return !unit_is_thread_sanitized() && !is_emulated();
#endif
}

START_TEST(no_memory_for_zeros)
{
	const struct pmem2_badblock bad = {0, 65536};
	const struct rlimit none = {0, RLIM_INFINITY};
	struct rlimit all;

	if (!is_limited())
		return;
	struct pmem2_badblock_context *ctx = context();
	getrlimit(RLIMIT_AS, &all);
	works(setrlimit(RLIMIT_AS, &none));
	for (void *volatile rest = &dax; rest != NULL;)
		rest = malloc(32768);
	fails(pmem2_badblock_clear(ctx, &bad), -ENOMEM, "calloc");
	works(setrlimit(RLIMIT_AS, &all));
	pmem2_badblock_context_delete(&ctx);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {a_size_that_is_none, an_alignment_that_is_none,
		a_descriptor_that_was_closed, dimms_that_are_changed_during_the_question,
		device_dax_is_not_mapped_privately, a_map_that_was_deleted,
		a_map_without_neighbours, no_backend_can_write,
		the_backend_that_is_named_is_not_there, a_device_that_does_not_take_it,
		more_handlers_of_sigbus_than_can_be_told_apart, no_memory_for_zeros, NULL};

	return unit_run_with("listed", tests, set_up, fake_tear_down);
}
