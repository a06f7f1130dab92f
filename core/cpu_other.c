/* SPDX-License-Identifier: BSD-3-Clause */
/* cpu_other.c -- a CPU of which nothing is known but that it runs C. */
#include "cpu.h"

#include <string.h>

void pmem2_cpu_detect(struct pmem2_cpu *cpu)
{
	strcpy(cpu->vendor, "unknown");
	cpu->line_size = 64;
}
