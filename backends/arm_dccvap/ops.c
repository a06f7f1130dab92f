/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DC CVAP cleans a line to the point of persistence, DC CVADP to the point of deep persistence.
 * They stand as the SYS instructions that they are: an assembler for ARMv8.0 does not know the
 * names.
 */
#include "../arm_line.h"

#define BACKEND     arm_dccvap
#define TUNING      pmem2_arm_dccvap_tuning
#define FLUSH_NEEDS PMEM2_CPU_DCPOP

extern struct pmem2_tuning TUNING __attribute__((visibility("hidden")));

/* One instruction covers CTR_EL0.DminLine, which is 16 to 2048 bytes: not always 64. */
static inline void flush_line(const char *line)
{
	for (size_t at = 0; at < 64; at += TUNING.line_size)
		__asm__ volatile("sys #3, c7, c12, #1, %0" : : "r"(line + at) : "memory");
}

#include "../memops.tmpl.h"

static void deep_persist(const void *ptr, size_t size)
{
	const char *end = (const char *)ptr + size;
	const char *line = (const char *)ptr - (uintptr_t)ptr % TUNING.line_size;

	if (!size) /* the address may be no memory at all; earlier flushes are waited for */
		end = line;
	for (; line < end; line += TUNING.line_size)
		__asm__ volatile("sys #3, c7, c13, #1, %0" : : "r"(line) : "memory");
	fence();
}

const struct pmem2_variant pmem2_arm_dccvap_deep_neon = {
	.name = "arm_dccvap-deep-neon",
	.needs = FLUSH_NEEDS | PMEM2_CPU_DCPODP | ISA_NEEDS,
	.serves = PMEM2_SERVES_CACHE_LINE,
	.persist = line_persist,
	.flush = line_flush,
	.drain = byte_drain,
	.deep_persist = deep_persist,
	.memmove = line_memmove,
	.memset = line_memset,
};

const struct pmem2_variant pmem2_arm_dccvap_deep_byte_neon = {
	.name = "arm_dccvap-deep-byte-neon",
	.needs = FLUSH_NEEDS | PMEM2_CPU_DCPODP | ISA_NEEDS,
	.serves = PMEM2_SERVES_BYTE | PMEM2_SERVES_VOLATILE,
	.persist = byte_persist,
	.flush = byte_flush,
	.drain = byte_drain,
	.deep_persist = deep_persist,
	.memmove = byte_memmove,
	.memset = byte_memset,
};
