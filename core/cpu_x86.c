/* SPDX-License-Identifier: BSD-3-Clause */
/* cpu_x86.c -- CPUID and XGETBV. Leaves and bits: Intel SDM vol. 2A, CPUID. */
#include "cpu.h"

#include <cpuid.h>
#include <stdbool.h>
#include <string.h>

struct registers {
	unsigned eax, ebx, ecx, edx;
};

static struct registers leaf(unsigned number)
{
	struct registers r = {0};

	__get_cpuid_count(number, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
	return r;
}

/* Which register states the OS saves: without them the CPU's AVX is not ours to use (SDM vol. 1, 14.3). */
static uint64_t saved_states(struct registers one)
{
	const unsigned osxsave = 1U << 27;

	if ((one.ecx & osxsave) == 0)
		return 0;

	uint32_t low, high;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static uint64_t features(struct registers one, struct registers seven)
{
	const uint64_t ymm = 0x06, zmm = 0xe6; /* XCR0: SSE, AVX; and opmask, ZMM_Hi256, Hi16_ZMM */
	uint64_t states = saved_states(one);
	const struct {
		uint64_t feature;
		bool present;
	} table[] = {
		{PMEM2_CPU_SSE2, one.edx >> 26 & 1},
		{PMEM2_CPU_CLFLUSH, one.edx >> 19 & 1},
		{PMEM2_CPU_AVX2, (seven.ebx >> 5 & 1) && (states & ymm) == ymm},
		{PMEM2_CPU_AVX512F, (seven.ebx >> 16 & 1) && (states & zmm) == zmm},
		{PMEM2_CPU_CLFLUSHOPT, seven.ebx >> 23 & 1},
		{PMEM2_CPU_CLWB, seven.ebx >> 24 & 1},
		{PMEM2_CPU_MOVDIR64B, seven.ecx >> 28 & 1},
	};
	uint64_t mask = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].present)
			mask |= table[i].feature;

	return mask;
}

void pmem2_cpu_detect(struct pmem2_cpu *cpu)
{
	struct registers zero = leaf(0), one = leaf(1), seven = leaf(7);

	memcpy(cpu->vendor, &zero.ebx, 4);
	memcpy(cpu->vendor + 4, &zero.edx, 4);
	memcpy(cpu->vendor + 8, &zero.ecx, 4);

	cpu->family = one.eax >> 8 & 0xf;
	if (cpu->family == 0xf)
		cpu->family += one.eax >> 20 & 0xff;

	cpu->features = features(one, seven);
	cpu->line_size = (one.ebx >> 8 & 0xff) * 8;
	if (cpu->line_size == 0)
		cpu->line_size = 64;

	if (strcmp(cpu->vendor, "GenuineIntel") == 0) {
		cpu->shape = PMEM2_SHAPE_INTEL;
		cpu->nt_evicts = 1; /* SDM vol. 1, 10.4.6.2 */
	} else if (strcmp(cpu->vendor, "AuthenticAMD") == 0) {
		cpu->shape = PMEM2_SHAPE_AMD;
	}
}
