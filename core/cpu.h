/* SPDX-License-Identifier: BSD-3-Clause */
/* cpu.h -- what this CPU can do that matters to a backend. */
#ifndef PMEM2_CPU_H
#define PMEM2_CPU_H

#include <stddef.h>
#include <stdint.h>

#include <libpmem2/backend.h>

struct pmem2_cpu {
	uint64_t features; /* PMEM2_CPU_* bits */
	char vendor[16];
	unsigned family;  /* x86: base and extended; 0 elsewhere */
	size_t line_size; /* bytes that one flush instruction covers */
	unsigned shape;   /* PMEM2_SHAPE_* */
	unsigned nt_evicts;
};

/* The CPU as it is: one of cpu_x86.c, cpu_aarch64.c, cpu_other.c. */
void pmem2_cpu_detect(struct pmem2_cpu *cpu);

/* The CPU as the environment wants it seen: PMEM_NO_CLWB and its like clear features. */
void pmem2_cpu_read(struct pmem2_cpu *cpu);

/* Fills in what the library knows better than the backend's defaults. */
void pmem2_cpu_tune(const struct pmem2_cpu *cpu, struct pmem2_tuning *tuning);

/* Writes "clwb avx2" for a mask of features; those without a name as "unknown bits 0x...". */
void pmem2_cpu_feature_names(uint64_t features, char *text, size_t size);

#endif
