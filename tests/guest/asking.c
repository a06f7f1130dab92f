/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * asking.c -- who may ask about NVDIMMs, and with how much: little stack, no root, no module, no space.
 *
 * ASK_FILE is on an NVDIMM, DEVDAX is one of another region; ASK_SPACE is a directory on a small file
 * system of an NVDIMM.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit_run.h"
#include "bad.h"

enum {
	SMALL_STACK = 64 * 1024,
	NOBODY = 65534,
};

static struct pmem2_source *source_of(const char *path, int flags)
{
	struct pmem2_source *source;
	int fd = open(path, flags, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(pmem2_source_from_fd(&source, fd), 0);
	return source;
}

static void works(const char *what, int rc)
{
	ck_assert_msg(rc == 0, "%s: %d %s", what, rc, pmem2_errormsg());
}

static void fails(const char *what, int rc, int expected, const char *words)
{
	ck_assert_msg(rc == expected, "%s: %d %s, not %d", what, rc, pmem2_errormsg(), expected);
	ck_assert_msg(strstr(pmem2_errormsg(), words) != NULL, "%s: %s", what, pmem2_errormsg());
}

static void ask_identity(const struct pmem2_source *source)
{
	char id[512];
	size_t length = sizeof(id);
	uint64_t count;
	int node;

	works("device_id", pmem2_source_device_id(source, id, &length));
	works("device_usc", pmem2_source_device_usc(source, &count));
	works("numa_node", pmem2_source_numa_node(source, &node));
	ck_assert_uint_gt(count, 0);
}

static void *ask_all(void *path)
{
	struct pmem2_source *source = source_of(path, O_RDWR);
	struct pmem2_badblock bad = {.offset = BLOCK, .length = BLOCK};
	char data[SECTOR];

	ask_identity(source);
	struct pmem2_badblock_context *context = bad_context(source);
	works("badblock_clear", pmem2_badblock_clear(context, &bad));
	pmem2_badblock_context_delete(&context);
	works("pread_mcsafe", pmem2_source_pread_mcsafe(source, data, sizeof(data), BLOCK));
	pmem2_source_delete(&source);
	return NULL;
}

START_TEST(a_small_stack_is_enough)
{
	const char *const paths[] = {setting("ASK_FILE"), setting("DEVDAX")};
	pthread_attr_t attributes;
	pthread_t thread;

	ck_assert_int_eq(pthread_attr_init(&attributes), 0);
	ck_assert_int_eq(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_create(&thread, &attributes, ask_all, (void *)paths[i]),
			0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
	}
}
END_TEST

static unsigned open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void *ask_often(void *source)
{
	for (int i = 0; i < 5; i++)
		ask_identity(source);
	return NULL;
}

START_TEST(several_threads_ask_and_leave_nothing_open)
{
	struct pmem2_source *source = source_of(setting("ASK_FILE"), O_RDWR);
	pthread_t threads[4];
	unsigned before = open_descriptors();

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_often, source), 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

/* The ids of devices are for everybody; where they are in memory is for root. */
START_TEST(without_root)
{
	struct pmem2_source *file = source_of(setting("ASK_FILE"), O_RDWR);
	struct pmem2_source *dax = source_of(setting("DEVDAX"), O_RDWR);
	struct pmem2_badblock_context *of_dax = bad_context(dax), *context;
	struct pmem2_badblock bad = {.offset = 0, .length = BLOCK};

	ck_assert_int_eq(seteuid(NOBODY), 0);
	ask_identity(file);
	ask_identity(dax);
	context = bad_context(file);
	ck_assert_uint_eq(bad_reported(context), 0);

	int rc = pmem2_badblock_context_new(&context, dax);
	fails("context of Device DAX", rc, -EACCES, "/resource: Permission denied");
	fails("context of Device DAX", rc, -EACCES, "CAP_DAC_READ_SEARCH");
	rc = pmem2_badblock_clear(of_dax, &bad);
	fails("clear of Device DAX", rc, -EACCES, "Permission denied");
}
END_TEST

/* It is no success: what the memory controllers hold is not flushed. */
START_TEST(deep_flush_without_root)
{
	struct pmem2_source *dax = source_of(setting("DEVDAX"), O_RDWR);
	struct pmem2_config *config;
	struct pmem2_map *map;

	works("config", pmem2_config_new(&config));
	works("granularity",
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_CACHE_LINE));
	works("map", pmem2_map_new(&map, config, dax));
	void *address = pmem2_map_get_address(map);
	works("deep_flush", pmem2_deep_flush(map, address, BLOCK));

	ck_assert_int_eq(seteuid(NOBODY), 0);
	int rc = pmem2_deep_flush(map, address, BLOCK);
	fails("deep_flush", rc, -EACCES, "/deep_flush");
	fails("deep_flush", rc, -EACCES, "CAP_DAC_OVERRIDE");
}
END_TEST

START_TEST(without_the_module)
{
	struct pmem2_source *file = source_of(setting("ASK_FILE"), O_RDWR);
	struct pmem2_source *dax = source_of(setting("DEVDAX"), O_RDWR);
	struct pmem2_badblock_context *context;
	uint64_t count;

	setenv("PMEM2_BACKEND_DIR", "/tmp", 1);
	fails("device_usc", pmem2_source_device_usc(file, &count), PMEM2_E_NOSUPP,
		"libpmem2-ndctl");
	fails("context of Device DAX", pmem2_badblock_context_new(&context, dax), PMEM2_E_NOSUPP,
		"/tmp/ndctl.so");
	context = bad_context(file); /* the kernel's list and the file's extents are enough */
	pmem2_badblock_context_delete(&context);
}
END_TEST

static void fill_up(int fd)
{
	static const char data[BLOCK];

	while (write(fd, data, sizeof(data)) > 0)
		;
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(fsync(fd), 0);
}

/* What is left when clearing ended between its two halves is a hole. */
START_TEST(hole_that_cannot_be_filled)
{
	char path[256], filler[256];
	struct pmem2_badblock bad = {.offset = BLOCK, .length = 64 * BLOCK};
	char data = 1;

	snprintf(path, sizeof(path), "%s/hole", setting("ASK_SPACE"));
	snprintf(filler, sizeof(filler), "%s/filler", setting("ASK_SPACE"));
	struct pmem2_source *source = source_of(path, O_RDWR | O_CREAT);
	struct pmem2_badblock_context *context = bad_context(source);
	int fd, other = open(filler, O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(pmem2_source_get_fd(source, &fd), 0);
	ck_assert_int_eq(ftruncate(fd, 66 * BLOCK), 0);
	fill_up(other);
	fails("clear", pmem2_badblock_clear(context, &bad), -ENOSPC, "same call completes it");

	ck_assert_int_eq(ftruncate(other, 0), 0);
	ck_assert_int_eq(fsync(other), 0);
	works("clear again", pmem2_badblock_clear(context, &bad));
	works("read", pmem2_source_pread_mcsafe(source, &data, 1, BLOCK));
	ck_assert_int_eq(data, 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), 66 * BLOCK);
	pmem2_badblock_context_delete(&context);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {a_small_stack_is_enough,
		several_threads_ask_and_leave_nothing_open, without_root, deep_flush_without_root,
		without_the_module, hole_that_cannot_be_filled, NULL};

	return unit_run("asking", tests);
}
