/* SPDX-License-Identifier: BSD-3-Clause */
/* test_cpu.c -- features, and the variables that clear them. */
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "unit.h"

static uint64_t features_with(const char *variable, const char *value)
{
	struct pmem2_cpu cpu;

	setenv(variable, value, 1);
	pmem2_cpu_read(&cpu);
	unsetenv(variable);
	return cpu.features;
}

START_TEST(finds_what_every_cpu_of_the_family_has)
{
	struct pmem2_cpu cpu;

	pmem2_cpu_read(&cpu);
	ck_assert_uint_ge(cpu.line_size, 16);
	ck_assert_uint_eq(cpu.line_size & (cpu.line_size - 1), 0);
#if defined(__x86_64__)
	ck_assert(cpu.features & PMEM2_CPU_SSE2);
	ck_assert(cpu.features & PMEM2_CPU_CLFLUSH);
	ck_assert_int_eq(!!(cpu.features & PMEM2_CPU_AVX2), !!__builtin_cpu_supports("avx2"));
	ck_assert_int_eq(!!(cpu.features & PMEM2_CPU_AVX512F), !!__builtin_cpu_supports("avx512f"));
#elif defined(__aarch64__)
	ck_assert(cpu.features & PMEM2_CPU_NEON);
#endif
}
END_TEST

START_TEST(variables_clear_features_and_other_values_do_nothing)
{
	static const struct {
		const char *variable, *value, *other;
		uint64_t cleared;
	} table[] = {
		{"PMEM_NO_CLWB", "1", "yes", PMEM2_CPU_CLWB},
		{"PMEM_NO_CLFLUSHOPT", "1", "0", PMEM2_CPU_CLFLUSHOPT},
		{"PMEM_AVX", "0", "", PMEM2_CPU_AVX2},
		{"PMEM_AVX512F", "0", "-1", PMEM2_CPU_AVX512F},
	};
	struct pmem2_cpu cpu;

	pmem2_cpu_read(&cpu);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_uint_eq(features_with(table[i].variable, table[i].value),
			cpu.features & ~table[i].cleared);
		ck_assert_uint_eq(features_with(table[i].variable, table[i].other), cpu.features);
	}
	ck_assert_uint_eq(cpu.features & PMEM2_CPU_MOVDIR64B, 0);
}
END_TEST

START_TEST(nt_evicts_is_the_makers_word_or_the_users)
{
	struct pmem2_cpu cpu;

	pmem2_cpu_read(&cpu);
	ck_assert_uint_eq(cpu.nt_evicts, strcmp(cpu.vendor, "GenuineIntel") == 0);
	for (int said = 0; said < 2; said++) {
		setenv("PMEM2_NT_EVICTS", said ? "1" : "0", 1);
		pmem2_cpu_read(&cpu);
		ck_assert_uint_eq(cpu.nt_evicts, (unsigned)said);
	}
	unsetenv("PMEM2_NT_EVICTS");
}
END_TEST

static size_t threshold_with(const char *variable, const char *value)
{
	struct pmem2_tuning tuning = {.movnt_threshold = 256};
	struct pmem2_cpu cpu;

	setenv(variable, value, 1);
	pmem2_cpu_read(&cpu);
	pmem2_cpu_tune(&cpu, &tuning);
	unsetenv(variable);
	return tuning.movnt_threshold;
}

START_TEST(threshold_takes_numbers_and_nothing_else)
{
	ck_assert_uint_eq(threshold_with("PMEM_MOVNT_THRESHOLD", "0"), 0);
	ck_assert_uint_eq(threshold_with("PMEM_MOVNT_THRESHOLD", "4096"), 4096);
	ck_assert_uint_eq(threshold_with("PMEM_MOVNT_THRESHOLD", "-1"), 256);
	ck_assert_uint_eq(threshold_with("PMEM_MOVNT_THRESHOLD", "12x"), 256);
	ck_assert_uint_eq(threshold_with("PMEM_MOVNT_THRESHOLD", ""), 256);
	ck_assert_uint_eq(threshold_with("PMEM_MOVNT_THRESHOLD", "99999999999999999999999999"),
		256);
	ck_assert_uint_eq(threshold_with("PMEM_NO_MOVNT", "1"), SIZE_MAX);
	ck_assert_uint_eq(threshold_with("PMEM_NO_MOVNT", "0"), 256);
}
END_TEST

START_TEST(names_features)
{
	char text[64], tiny[4];

	pmem2_cpu_feature_names(PMEM2_CPU_CLWB | PMEM2_CPU_AVX2, text, sizeof(text));
	ck_assert_str_eq(text, "avx2 clwb");
	pmem2_cpu_feature_names(0, text, sizeof(text));
	ck_assert_str_eq(text, "");
	pmem2_cpu_feature_names(PMEM2_CPU_CLWB | UINT64_C(1) << 63, text, sizeof(text));
	ck_assert_str_eq(text, "clwb unknown bits 0x8000000000000000");
	pmem2_cpu_feature_names(~UINT64_C(0), tiny, sizeof(tiny));
	ck_assert_str_eq(tiny, "sse");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {finds_what_every_cpu_of_the_family_has,
		variables_clear_features_and_other_values_do_nothing,
		nt_evicts_is_the_makers_word_or_the_users, threshold_takes_numbers_and_nothing_else,
		names_features, NULL};

	return unit_run("cpu", tests);
}
