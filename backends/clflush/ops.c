/* SPDX-License-Identifier: BSD-3-Clause */
/* CLFLUSH writes a line back and drops it, one after another. Every x86-64 has it. */
#include "../x86_line.h"

#define BACKEND     clflush
#define TUNING      pmem2_clflush_tuning
#define FLUSH_NEEDS PMEM2_CPU_CLFLUSH

static inline void flush_line(const char *line)
{
	__asm__ volatile("clflush %0" : : "m"(*line) : "memory");
}

#include "../memops.tmpl.h"
