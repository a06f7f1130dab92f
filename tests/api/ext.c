/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ext.c -- what this library exports and PMDK's does not: pmem2_err_to_errno, pmem2_version, and long messages.
 */
#include "api.h"

START_TEST(err_to_errno_of_0_is_0)
{
	ck_assert_int_eq(pmem2_err_to_errno(0), 0);
}
END_TEST

START_TEST(err_to_errno_of_minus_errno_is_errno)
{
	for (int e = 1; e < 134; e++)
		ck_assert_int_eq(pmem2_err_to_errno(-e), e);
}
END_TEST

START_TEST(err_to_errno_of_every_library_code_is_an_errno)
{
	for (int code = -100000; code >= -100037; code--) {
		int e = pmem2_err_to_errno(code);
		ck_assert_msg(e > 0 && e < 134, "%d -> %d", code, e);
	}
	ck_assert_int_gt(pmem2_err_to_errno(PMEM2_E_BACKEND), 0);
	ck_assert_int_lt(pmem2_err_to_errno(PMEM2_E_BACKEND), 134);
}
END_TEST

START_TEST(err_to_errno_answers_the_nearest)
{
	static const struct {
		int code, nearest;
	} rows[] = {
		{PMEM2_E_NOSUPP, ENOTSUP},
		{PMEM2_E_INVALID_FILE_HANDLE, EBADF},
		{PMEM2_E_MAPPING_EXISTS, EEXIST},
		{PMEM2_E_NO_ACCESS, EACCES},
		{PMEM2_E_IO_FAIL, EIO},
		{PMEM2_E_OFFSET_UNALIGNED, EINVAL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_int_eq(pmem2_err_to_errno(rows[i].code), rows[i].nearest);
}
END_TEST

START_TEST(err_to_errno_of_nonsense_is_an_errno)
{
	const int codes[] = {1, 77, -99999, -100038, -1000000, INT32_MAX, INT32_MIN};
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		ck_assert_int_gt(pmem2_err_to_errno(codes[i]), 0);
}
END_TEST

START_TEST(message_holds_255_characters)
{
	char name[1001];
	memset(name, 'n', 1000);
	name[0] = '/';
	name[1000] = '\0';
	setenv("PMEM2_BACKEND_DIR", name, 1);
	setenv("PMEM2_BACKEND", "none", 1);
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, api_config(), api_source(api_file(PAGE))), PMEM2_E_BACKEND);
	ck_assert_uint_ge(strlen(pmem2_errormsg()), 255);
}
END_TEST

START_TEST(version_is_the_header_s)
{
	unsigned major, minor, patch;
	ck_assert_str_eq(pmem2_version(), PMEM2_VERSION);
	ck_assert_int_eq(sscanf(pmem2_version(), "%u.%u.%u", &major, &minor, &patch), 3);
	ck_assert_uint_eq(major * 10000 + minor * 100 + patch, PMEM2_VERSION_NUMBER);
}
END_TEST

API_MAIN("ext", version_is_the_header_s, err_to_errno_of_0_is_0,
	err_to_errno_of_minus_errno_is_errno, err_to_errno_of_every_library_code_is_an_errno,
	err_to_errno_answers_the_nearest, err_to_errno_of_nonsense_is_an_errno,
	message_holds_255_characters)
