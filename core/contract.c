/* SPDX-License-Identifier: BSD-3-Clause */
/* contract.c -- what a backend's tables must hold before the library uses them. */
#include "contract.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

enum {
	VARIANTS_MAX = 64,
	WORD = 8, /* bytes of a string that are there together */
};

#define SERVES_ALL \
	(PMEM2_SERVES_BYTE | PMEM2_SERVES_CACHE_LINE | PMEM2_SERVES_PAGE | PMEM2_SERVES_VOLATILE)

/* Where the phrase goes. */
struct reason {
	char *text;
	size_t size;
};

__attribute__((__format__(__printf__, 2, 3))) static bool broken(const struct reason *reason,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason->text, reason->size, format, args);
	va_end(args);
	return false;
}

/* Whether there is a string of 1 to PMEM2_NAME_MAX characters. */
static bool is_string(const char *text)
{
	size_t length = 0;

	for (; length <= PMEM2_NAME_MAX; length++) {
		bool begins_word = length == 0 || (uintptr_t)(text + length) % WORD == 0;

		if ((begins_word && !pmem2_probe_readable(text + length, 1)) ||
			text[length] == '\0')
			break;
	}
	return length > 0 && length <= PMEM2_NAME_MAX && text[length] == '\0';
}

static const char *missing_operation(const struct pmem2_variant *v)
{
	return v->persist == NULL        ? "persist"
	       : v->flush == NULL        ? "flush"
	       : v->drain == NULL        ? "drain"
	       : v->deep_persist == NULL ? "deep_persist"
	       : v->memmove == NULL      ? "memmove"
	       : v->memset == NULL       ? "memset"
	                                 : NULL;
}

/* A variant's name tells whose it is: "NAME", or "NAME-" and more. */
static bool begins_with(const char *variant, const char *name)
{
	size_t length = strlen(name);

	return strncmp(variant, name, length) == 0 &&
	       (variant[length] == '\0' || variant[length] == '-');
}

static bool name_is_kept(const struct pmem2_backend *backend, size_t i, const struct reason *reason)
{
	const char *name = backend->variants[i]->name;

	if (name == NULL || !is_string(name))
		return broken(reason, "variant number %zu has no name of 1 to %d characters", i + 1,
			PMEM2_NAME_MAX);
	if (!begins_with(name, backend->name))
		return broken(reason, "its variant is called \"%s\", and not \"%s\" or \"%s-...\"",
			name, backend->name, backend->name);
	for (size_t j = 0; j < i; j++)
		if (strcmp(backend->variants[j]->name, name) == 0 &&
			(backend->variants[j]->serves & backend->variants[i]->serves) != 0)
			return broken(reason,
				"two of its variants are called \"%s\" and serve the same", name);
	return true;
}

static bool variant_is_kept(const struct pmem2_variant *v, const struct reason *reason)
{
	const char *missing = missing_operation(v);

	if (missing != NULL)
		return broken(reason, "its variant %s has no operation %s", v->name, missing);
	if (v->serves == 0)
		return broken(reason, "its variant %s serves nothing: serves is 0", v->name);
	if ((v->serves & ~SERVES_ALL) != 0)
		return broken(reason,
			"its variant %s serves what this libpmem2 does not know: bits %#x", v->name,
			v->serves & ~SERVES_ALL);
	if (v->reserved != 0)
		return broken(reason, "its variant %s has %#x in reserved, which must be 0",
			v->name, v->reserved);
	return true;
}

static bool variants_are_kept(const struct pmem2_backend *backend, const struct reason *reason)
{
	const struct pmem2_variant *const *list = backend->variants;

	if (list == NULL)
		return broken(reason, "it has no variant");
	for (size_t i = 0;; i++) {
		if (!pmem2_probe_readable(&list[i], sizeof(void *)))
			return broken(reason, "its list of variants leads out of its memory");
		if (list[i] == NULL)
			return i > 0 || broken(reason, "it has no variant");
		if (i == VARIANTS_MAX)
			return broken(reason,
				"it has more than %d variants, or NULL does not end them",
				VARIANTS_MAX);
		if (!pmem2_probe_readable(list[i], sizeof(*list[i])))
			return broken(reason, "its variant number %zu is not in its memory", i + 1);
		if (!name_is_kept(backend, i, reason) || !variant_is_kept(list[i], reason))
			return false;
	}
}

static bool tuning_is_kept(struct pmem2_tuning *tuning, const struct reason *reason)
{
	if (tuning == NULL)
		return true;
	if (!pmem2_probe_readable(tuning, sizeof(*tuning)))
		return broken(reason, "its tuning is not in its memory");
	if (!pmem2_probe_writable(tuning, sizeof(*tuning)))
		return broken(reason,
			"its tuning cannot be written to: it must not be declared const");
	for (size_t i = 0; i < sizeof(tuning->reserved) / sizeof(tuning->reserved[0]); i++)
		if (tuning->reserved[i] != 0)
			return broken(reason,
				"its tuning has %#x in reserved[%zu], which must be 0",
				tuning->reserved[i], i);
	return true;
}

bool pmem2_contract_kept(const struct pmem2_backend *backend, const char *name, char *why,
	size_t size)
{
	const struct reason reason = {why, size};

	if (!pmem2_probe_readable(backend, sizeof(*backend)))
		return broken(&reason, "its pmem2_backend_v1 is not in its memory");
	if (backend->name == NULL || !is_string(backend->name))
		return broken(&reason, "it has no name of 1 to %d characters", PMEM2_NAME_MAX);
	if (strcmp(backend->name, name) != 0)
		return broken(&reason, "its name is not the file's: it is called \"%s\"",
			backend->name);
	for (size_t i = 0; i < sizeof(backend->reserved) / sizeof(backend->reserved[0]); i++)
		if (backend->reserved[i] != NULL)
			return broken(&reason, "it has %p in reserved[%zu], which must be NULL",
				(const void *)(uintptr_t)backend->reserved[i], i);

	return variants_are_kept(backend, &reason) && tuning_is_kept(backend->tuning, &reason);
}
