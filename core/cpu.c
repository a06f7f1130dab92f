/* SPDX-License-Identifier: BSD-3-Clause */
/* cpu.c -- what this CPU can do, less what the environment forbids. */
#include "cpu.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static const struct {
	uint64_t feature;
	const char *name;
} names[] = {
	{PMEM2_CPU_SSE2, "sse2"},
	{PMEM2_CPU_AVX2, "avx2"},
	{PMEM2_CPU_AVX512F, "avx512f"},
	{PMEM2_CPU_CLFLUSH, "clflush"},
	{PMEM2_CPU_CLFLUSHOPT, "clflushopt"},
	{PMEM2_CPU_CLWB, "clwb"},
	{PMEM2_CPU_MOVDIR64B, "movdir64b"},
	{PMEM2_CPU_NEON, "neon"},
	{PMEM2_CPU_DCPOP, "dcpop"},
	{PMEM2_CPU_DCPODP, "dcpodp"},
};

/* A variable that has this value clears these features. */
static const struct {
	const char *variable;
	const char *value;
	uint64_t clears;
} switches[] = {
	{"PMEM_NO_CLWB", "1", PMEM2_CPU_CLWB},
	{"PMEM_NO_CLFLUSHOPT", "1", PMEM2_CPU_CLFLUSHOPT},
	{"PMEM_AVX", "0", PMEM2_CPU_AVX2},
	{"PMEM_AVX512F", "0", PMEM2_CPU_AVX512F},
};

static bool variable_is(const char *variable, const char *value)
{
	const char *set = secure_getenv(variable);

	return set != NULL && strcmp(set, value) == 0;
}

void pmem2_cpu_read(struct pmem2_cpu *cpu)
{
	memset(cpu, 0, sizeof(*cpu));
	pmem2_cpu_detect(cpu);

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (variable_is(switches[i].variable, switches[i].value))
			cpu->features &= ~switches[i].clears;

	if (!variable_is("PMEM_MOVDIR64B", "1")) /* only on demand, as in PMDK */
		cpu->features &= ~PMEM2_CPU_MOVDIR64B;

	/* a statement about the hardware, by somebody who knows it */
	if (variable_is("PMEM2_NT_EVICTS", "1"))
		cpu->nt_evicts = 1;
	else if (variable_is("PMEM2_NT_EVICTS", "0"))
		cpu->nt_evicts = 0;
}

/* PMEM_MOVNT_THRESHOLD's value; what is no number leaves the default alone. */
static void read_threshold(size_t *threshold)
{
	const char *text = secure_getenv("PMEM_MOVNT_THRESHOLD");

	if (text == NULL || !isdigit((unsigned char)text[0]))
		return;

	char *end;
	int saved = errno;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 0);
	if (errno == 0 && *end == '\0')
		*threshold = value;
	errno = saved;
}

void pmem2_cpu_tune(const struct pmem2_cpu *cpu, struct pmem2_tuning *tuning)
{
	tuning->line_size = cpu->line_size;
	tuning->nt_evicts = cpu->nt_evicts;
	tuning->shape = cpu->shape;

	read_threshold(&tuning->movnt_threshold);
	if (variable_is("PMEM_NO_MOVNT", "1"))
		tuning->movnt_threshold = SIZE_MAX;
}

void pmem2_cpu_feature_names(uint64_t features, char *text, size_t size)
{
	const char *separator = "";

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((features & names[i].feature) == 0)
			continue;
		pmem2_err_append(text, size, "%s%s", separator, names[i].name);
		separator = " ";
		features &= ~names[i].feature;
	}
	if (features != 0) /* a backend that is newer than this library */
		pmem2_err_append(text, size, "%sunknown bits 0x%jx", separator,
			(uintmax_t)features);
}
