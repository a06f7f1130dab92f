/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * env.c -- PMDK's variables on instructions: they never change results, and bad values never fail.
 */
#include "api.h"

#include <sys/wait.h>

enum {
	AREA = 20000,
};

/* copies and flushes of all kinds, against libc's; a process of its own, as variables are read once */
static void copies_are_right(const char *granularity, unsigned more_flags)
{
	static char expected[AREA];
	struct pmem2_map *map = api_map_forced(granularity, AREA);
	char *area = pmem2_map_get_address(map);
	pmem2_memmove_fn move = pmem2_get_memmove_fn(map);
	for (size_t i = 0; i < AREA; i++)
		area[i] = expected[i] = (char)(i * 37 + i / 200);
	for (size_t size = 0; size < 3000; size += 1 + size / 3) {
		for (unsigned flags = 0; flags < 64; flags += 7) {
			size_t to = 100 + size % 64, from = 8000 + flags;
			unsigned f = flags | more_flags;
			move(area + to, area + from, size, f);
			memmove(expected + to, expected + from, size);
			pmem2_get_memset_fn(map)(area + 15000, (int)size, size, f);
			memset(expected + 15000, (int)size, size);
			move(area + from + 1, area + from, size, f);
			memmove(expected + from + 1, expected + from, size);
		}
	}
	pmem2_get_persist_fn(map)(area, AREA);
	ck_assert_int_eq(memcmp(area, expected, AREA), 0);
}

static void with(const char *name, const char *value)
{
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		setenv(name, value, 1);
		for (size_t g = 0; g < api_forced_count(); g++)
			copies_are_right(api_forced[g], g ? 0 : PMEM2_F_MEM_NOFLUSH); /* no msync */
		_exit(0);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s=%s: status %#x", name, value, (unsigned)status);
}

static const char *const names[] = {"PMEM_NO_CLWB", "PMEM_NO_CLFLUSHOPT", "PMEM_NO_MOVNT",
	"PMEM_MOVNT_THRESHOLD", "PMEM_AVX", "PMEM_AVX512F", "PMEM_MOVDIR64B",
	"PMEM_NO_GENERIC_MEMCPY", "PMEM_NO_FLUSH", "PMEM2_NT_EVICTS"};
#define N_NAMES (sizeof(names) / sizeof(*names))

START_TEST(switches_change_no_result)
{
	for (size_t i = 0; i < N_NAMES; i++) {
		with(names[i], "1");
		with(names[i], "0");
	}
}
END_TEST

START_TEST(thresholds_change_no_result)
{
	const char *values[] = {"1", "8", "63", "255", "257", "100000", "18446744073709551615"};
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		with("PMEM_MOVNT_THRESHOLD", values[i]);
}
END_TEST

START_TEST(bad_values_never_fail)
{
	const char *values[] = {"", " ", "-1", "yes", "0x", "1e3", "99999999999999999999999",
		"-99999999999999999999999", "%s%n"};
	for (size_t i = 0; i < N_NAMES; i++)
		for (size_t j = 0; j < sizeof(values) / sizeof(*values); j++)
			with(names[i], values[j]);
}
END_TEST

START_TEST(several_at_once_change_no_result)
{
	setenv("PMEM_NO_CLWB", "1", 1);
	with("PMEM_NO_CLFLUSHOPT", "1");
	setenv("PMEM_NO_MOVNT", "1", 1);
	with("PMEM_AVX512F", "0");
	setenv("PMEM_AVX512F", "0", 1);
	with("PMEM_AVX", "0");
	setenv("PMEM_MOVNT_THRESHOLD", "0", 1);
	with("PMEM_MOVDIR64B", "0");
}
END_TEST

API_MAIN("env", switches_change_no_result, thresholds_change_no_result, bad_values_never_fail,
	several_at_once_change_no_result)
