/* SPDX-License-Identifier: BSD-3-Clause */
/* test_small_file.c -- numbers and texts, read whole or not at all. */
#include <errno.h>

#include "fake_sysfs.h"
#include "small_file.h"
#include "unit.h"

static int read_u64(const char *text, uint64_t *value)
{
	char path[PATH_MAX];

	fake_put("number", text);
	snprintf(path, sizeof(path), "%s/number", fake_root);
	return pmem2_small_file_read_u64(path, value);
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
	ck_assert_int_eq(pmem2_small_file_read(path, text, sizeof(text)), -E2BIG);
	fake_put("text", "1234\n");
	ck_assert_int_eq(pmem2_small_file_read(path, text, sizeof(text)), 0);
	ck_assert_str_eq(text, "1234");

	strcat(path, ".not");
	ck_assert_int_eq(pmem2_small_file_read(path, text, sizeof(text)), -ENOENT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {numbers_are_decimal_or_hexadecimal,
		text_is_read_whole_or_not_at_all, NULL};

	return unit_run_with("small_file", tests, fake_set_up, fake_tear_down);
}
