/* SPDX-License-Identifier: BSD-3-Clause */
/* granularity_name.c -- granularities in words. */
#include "granularity_name.h"

#include <stddef.h>
#include <strings.h>

#include "error.h"

static const struct {
	const char *name;
	enum pmem2_granularity granularity;
} names[] = {
	{"BYTE", PMEM2_GRANULARITY_BYTE}, {"CACHE_LINE", PMEM2_GRANULARITY_CACHE_LINE},
	{"PAGE", PMEM2_GRANULARITY_PAGE},
	{"CACHELINE", PMEM2_GRANULARITY_CACHE_LINE}, /* a second name, for input only */
};

const char *pmem2_granularity_name(enum pmem2_granularity granularity)
{
	return names[granularity].name;
}

bool pmem2_granularity_named(const char *text, enum pmem2_granularity *granularity)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(text, names[i].name) == 0) {
			*granularity = names[i].granularity;
			return true;
		}
	}

	return false;
}

int pmem2_granularity_known(enum pmem2_granularity granularity)
{
	if ((unsigned)granularity <= PMEM2_GRANULARITY_PAGE)
		return 0;

	return pmem2_err(PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"%d is not a granularity: use PMEM2_GRANULARITY_BYTE (%d), _CACHE_LINE (%d) or "
		"_PAGE (%d)",
		(int)granularity, PMEM2_GRANULARITY_BYTE, PMEM2_GRANULARITY_CACHE_LINE,
		PMEM2_GRANULARITY_PAGE);
}
