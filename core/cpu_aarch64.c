/* SPDX-License-Identifier: BSD-3-Clause */
/* cpu_aarch64.c -- HWCAP, and the line size of the data cache. */
#include "cpu.h"

#include <string.h>
#include <sys/auxv.h>

/* Linux, Documentation/arm64/elf_hwcaps.rst; older headers lack them */
#define DCPOP  (1UL << 16) /* AT_HWCAP */
#define ASIMD  (1UL << 1)  /* AT_HWCAP */
#define DCPODP (1UL << 0)  /* AT_HWCAP2 */

/* CTR_EL0.DminLine: log2 of the words (4 bytes) in the smallest data line (Arm ARM, D19.2.34). */
static size_t smallest_line(void)
{
	uint64_t ctr;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
	return (size_t)4 << (ctr >> 16 & 0xf);
}

void pmem2_cpu_detect(struct pmem2_cpu *cpu)
{
	unsigned long caps = getauxval(AT_HWCAP), caps2 = getauxval(AT_HWCAP2);

	strcpy(cpu->vendor, "aarch64");
	cpu->line_size = smallest_line();
	if ((caps & ASIMD) != 0)
		cpu->features |= PMEM2_CPU_NEON;
	if ((caps & DCPOP) != 0)
		cpu->features |= PMEM2_CPU_DCPOP;
	if ((caps2 & DCPODP) != 0)
		cpu->features |= PMEM2_CPU_DCPODP;
}
