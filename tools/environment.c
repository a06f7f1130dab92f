/* SPDX-License-Identifier: BSD-3-Clause */
/* environment.c -- the variables that the library reads. */
#include "environment.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powerfail/report.h"

enum value { ANY, ONE_OF, NUMBER, NONE };

/* As core/cpu.c, core/granularity.c and core/registry.c read them. */
static const struct variable {
	const char *name;
	enum value value;
	const char
		*known[5]; /* of ONE_OF, in any case of letters; what else there is has no effect */
	const char *ignored; /* why another value is */
} variables[] = {
	{"PMEM2_BACKEND", ANY, {0}, ""},
	{"PMEM2_BACKEND_DIR", ANY, {0}, ""},
	{"PMEM2_FORCE_GRANULARITY", ONE_OF, {"BYTE", "CACHE_LINE", "CACHELINE", "PAGE"},
		"it is none of BYTE, CACHE_LINE and PAGE"},
	{"PMEM2_NT_EVICTS", ONE_OF, {"0", "1"}, "it is neither 0 nor 1"},
	{"PMEM_NO_CLWB", ONE_OF, {"1"}, "only 1 has an effect"},
	{"PMEM_NO_CLFLUSHOPT", ONE_OF, {"1"}, "only 1 has an effect"},
	{"PMEM_NO_MOVNT", ONE_OF, {"1"}, "only 1 has an effect"},
	{"PMEM_MOVNT_THRESHOLD", NUMBER, {0}, "it is no number"},
	{"PMEM_AVX", ONE_OF, {"0"}, "only 0 has an effect"},
	{"PMEM_AVX512F", ONE_OF, {"0"}, "only 0 has an effect"},
	{"PMEM_MOVDIR64B", ONE_OF, {"1"}, "only 1 has an effect"},
	{"PMEM_NO_GENERIC_MEMCPY", NONE, {0}, "it has no effect"},
};

enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

static bool is_number(const char *text)
{
	char *end;

	errno = 0;
	strtoull(text, &end, 0);
	return isdigit((unsigned char)text[0]) && errno == 0 && *end == '\0';
}

static bool is_known(const struct variable *v, const char *value)
{
	for (size_t i = 0; v->known[i] != NULL; i++)
		if (strcasecmp(value, v->known[i]) == 0)
			return true;
	return false;
}

/* Why the value is ignored; NULL: it is not. */
static const char *objection(const struct variable *v, const char *value)
{
	bool taken = v->value == ANY || (v->value == ONE_OF && is_known(v, value)) ||
	             (v->value == NUMBER && is_number(value));

	if (value[0] == '\0')
		return "it is empty";
	if (secure_getenv(v->name) == NULL)
		return "this process has raised privileges";
	return taken ? NULL : v->ignored;
}

void environment_print(void)
{
	for (int i = 0; i < VARIABLES; i++) {
		const char *value = getenv(variables[i].name);
		const char *why = value != NULL ? objection(&variables[i], value) : NULL;

		if (value == NULL)
			continue;
		printf("environment: %s=%s", variables[i].name, value);
		if (why != NULL)
			printf("  (ignored: %s)", why);
		putchar('\n');
	}
}

void environment_print_json(void)
{
	bool first = true;

	for (int i = 0; i < VARIABLES; i++) {
		const char *value = getenv(variables[i].name);
		const char *why = value != NULL ? objection(&variables[i], value) : NULL;

		if (value == NULL)
			continue;
		printf("%s\n    \"%s\": {\"value\": ", first ? "" : ",", variables[i].name);
		pmem2_pf_json_string(value, stdout);
		if (why != NULL) {
			fputs(", \"ignored\": ", stdout);
			pmem2_pf_json_string(why, stdout);
		}
		putchar('}');
		first = false;
	}
}
