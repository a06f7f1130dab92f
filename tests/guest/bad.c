/* SPDX-License-Identifier: BSD-3-Clause */
/* bad.c -- makes sectors bad, and asks the library which blocks are. */
#include "bad.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *setting(const char *name)
{
	const char *value = getenv(name);

	ck_assert_msg(value != NULL, "%s is not set", name);
	return value;
}

void bad_make(const uint64_t *sectors, unsigned count)
{
	char command[1024];
	int end = snprintf(command, sizeof(command), "sh /inject.sh %s nfit_test.0",
		setting("BB_NAMESPACE"));

	for (unsigned i = 0; i < count; i++)
		end += snprintf(command + end, sizeof(command) - (size_t)end, " %llu 2",
			(unsigned long long)sectors[i] + 3);
	snprintf(command + end, sizeof(command) - (size_t)end, " >/tmp/inject.log 2>&1");
	ck_assert_int_eq(system(command), 0);
}

uint64_t bad_reported(struct pmem2_badblock_context *context)
{
	struct pmem2_badblock bad;
	uint64_t blocks = 0;
	size_t sectors = 0;
	int rc;

	while ((rc = pmem2_badblock_next(context, &bad)) == 0) {
		ck_assert_uint_eq(bad.offset % SECTOR, 0);
		ck_assert_uint_eq(bad.length % SECTOR, 0);
		ck_assert_uint_gt(bad.length, 0);
		ck_assert_uint_le(bad.offset + bad.length, BLOCKS * BLOCK);
		for (size_t at = 0; at < bad.length; at += SECTOR)
			blocks |= UINT64_C(1) << (bad.offset + at) / BLOCK;
		sectors += bad.length / SECTOR;
	}
	ck_assert_int_eq(rc, PMEM2_E_NO_BAD_BLOCK_FOUND);
	/* none twice: that would be more sectors than the blocks have */
	ck_assert_uint_le(sectors, (size_t)__builtin_popcountll(blocks) * BLOCK / SECTOR);
	return blocks;
}

struct pmem2_badblock_context *bad_context(const struct pmem2_source *source)
{
	struct pmem2_badblock_context *context;
	int rc = pmem2_badblock_context_new(&context, source);

	ck_assert_msg(rc == 0, "%d %s", rc, pmem2_errormsg());
	return context;
}

void bad_assert(const struct pmem2_source *source, const unsigned *blocks, unsigned count)
{
	struct pmem2_badblock_context *context = bad_context(source);
	uint64_t expected = 0;

	for (unsigned i = 0; i < count; i++)
		expected |= UINT64_C(1) << blocks[i];
	ck_assert_uint_eq(bad_reported(context), expected);
	pmem2_badblock_context_delete(&context);
}

void bad_clear_all(const struct pmem2_source *source)
{
	struct pmem2_badblock_context *context = bad_context(source);
	struct pmem2_badblock bad;

	while (pmem2_badblock_next(context, &bad) == 0) {
		int rc = pmem2_badblock_clear(context, &bad);

		ck_assert_msg(rc == 0, "%d %s", rc, pmem2_errormsg());
	}
	pmem2_badblock_context_delete(&context);
}
