/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <string.h>

#include "variants.h"

#define X(name) extern const struct pmem2_backend pmem2_backend_v1_##name;
BACKENDS
#undef X

static const struct pmem2_backend *const backends[] = {
#define X(name) &pmem2_backend_v1_##name,
	BACKENDS
#undef X
		NULL,
};

#if defined(__x86_64__)
#include <cpuid.h>

static size_t line_size(void)
{
	return 64;
}

uint64_t test_cpu(void)
{
	unsigned a, b, c, d;
	uint64_t cpu = PMEM2_CPU_SSE2;

	/* these two look at XGETBV too */
	cpu |= __builtin_cpu_supports("avx2") ? PMEM2_CPU_AVX2 : 0;
	cpu |= __builtin_cpu_supports("avx512f") ? PMEM2_CPU_AVX512F : 0;
	if (__get_cpuid(1, &a, &b, &c, &d))
		cpu |= d & 1u << 19 ? PMEM2_CPU_CLFLUSH : 0;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
		cpu |= b & bit_CLFLUSHOPT ? PMEM2_CPU_CLFLUSHOPT : 0;
		cpu |= b & bit_CLWB ? PMEM2_CPU_CLWB : 0;
		cpu |= c & bit_MOVDIR64B ? PMEM2_CPU_MOVDIR64B : 0;
	}
	return cpu;
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

static size_t line_size(void)
{
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return (size_t)4 << (ctr >> 16 & 15);
}

uint64_t test_cpu(void)
{
	uint64_t cpu = PMEM2_CPU_NEON;

	cpu |= getauxval(AT_HWCAP) & 1UL << 16 ? PMEM2_CPU_DCPOP : 0;
	cpu |= getauxval(AT_HWCAP2) & 1UL << 0 ? PMEM2_CPU_DCPODP : 0;
	return cpu;
}
#else
static size_t line_size(void)
{
	return 64;
}

uint64_t test_cpu(void)
{
	return 0;
}
#endif

static void tell_line_size(void)
{
	for (size_t i = 0; backends[i]; i++)
		backends[i]->tuning->line_size = line_size();
}

const struct pmem2_backend *const *test_backends(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, tell_line_size);
	return backends;
}

const struct pmem2_variant *test_variant(const char *name)
{
	for (const struct pmem2_backend *const *b = test_backends(); *b; b++)
		for (const struct pmem2_variant *const *v = (*b)->variants; *v; v++)
			if (!strcmp((*v)->name, name))
				return *v;
	return NULL;
}
