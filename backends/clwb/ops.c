/* SPDX-License-Identifier: BSD-3-Clause */
/* CLWB writes a line back and may leave it in the cache. */
#include "../x86_line.h"

#define BACKEND     clwb
#define TUNING      pmem2_clwb_tuning
#define FLUSH_NEEDS PMEM2_CPU_CLWB

static inline void flush_line(const char *line)
{
	__asm__ volatile("clwb %0" : : "m"(*line) : "memory");
}

#include "../memops.tmpl.h"
