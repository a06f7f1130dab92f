/* SPDX-License-Identifier: BSD-3-Clause */
/* CLFLUSHOPT writes a line back and drops it; several proceed at once. */
#include "../x86_line.h"

#define BACKEND     clflushopt
#define TUNING      pmem2_clflushopt_tuning
#define FLUSH_NEEDS PMEM2_CPU_CLFLUSHOPT

static inline void flush_line(const char *line)
{
	__asm__ volatile("clflushopt %0" : : "m"(*line) : "memory");
}

#include "../memops.tmpl.h"
