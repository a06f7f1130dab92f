/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * environment.c -- every variable that the library reads, with any value: the registry ends with a
 * choice or with an error that has a sentence, and a pin is never followed by another backend.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "granularity.h"
#include "registry_list.h"
#include "../must.h"

static const char *const variables[] = {"PMEM2_BACKEND", "PMEM_NO_CLWB", "PMEM_NO_CLFLUSHOPT",
	"PMEM_AVX", "PMEM_AVX512F", "PMEM_MOVDIR64B", "PMEM2_NT_EVICTS", "PMEM_MOVNT_THRESHOLD",
	"PMEM_NO_MOVNT", "PMEM2_FORCE_GRANULARITY"};

enum {
	VARIABLES = sizeof(variables) / sizeof(variables[0]),
};

/* Gives each variable the next part of the input; a part ends at a zero, an empty one unsets. */
static void set_variables(const uint8_t *data, size_t size)
{
	static char value[8192];

	for (size_t i = 0; i < VARIABLES; i++) {
		const uint8_t *end = memchr(data, 0, size);
		size_t length = end != NULL ? (size_t)(end - data) : size;

		if (length >= sizeof(value))
			length = sizeof(value) - 1;
		memcpy(value, data, length);
		value[length] = '\0';
		if (length > 0)
			setenv(variables[i], value, 1);
		else
			unsetenv(variables[i]);

		size_t used = length < size ? length + 1 : size;
		data += used;
		size -= used;
	}
}

static void check_choices(const struct pmem2_registry *registry)
{
	for (unsigned use = 0; use < 4; use++) {
		const struct pmem2_choice *choice = registry->choice[use];

		if (choice->variant == NULL)
			continue;
		MUST((choice->variant->serves & 1U << use) != 0);
		MUST((choice->variant->needs & ~registry->cpu.features) == 0);
	}
	MUST(registry->choice[PMEM2_GRANULARITY_PAGE][0].variant != NULL);
}

static void check_judgement(void)
{
	const struct pmem2_source file = {.type = PMEM2_SOURCE_FILE, .fd = -1};
	struct pmem2_verdict verdict;
	char text[200];

	if (pmem2_granularity_judge(&file, true, false, 95, &verdict) != 0)
		return;
	MUST(verdict.granularity <= PMEM2_GRANULARITY_PAGE);
	MUST(verdict.step == PMEM2_STEP_FORCED || verdict.granularity == PMEM2_GRANULARITY_PAGE);
	pmem2_granularity_explain(&verdict, text, sizeof(text));
	MUST(text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pmem2_registry registry;

	set_variables(data, size);
	const char *pin = getenv("PMEM2_BACKEND");
	pmem2_registry_read(&registry, pin);
	MUST(registry.error == 0 || registry.error == PMEM2_E_BACKEND);
	MUST((registry.error == 0) == (registry.message[0] == '\0'));
	MUST(registry.count <= PMEM2_REGISTRY_MAX);
	check_choices(&registry);
	check_judgement();
	return 0;
}
