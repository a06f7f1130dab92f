/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * own_names.c -- a program with functions of its own, called as each of this library's extensions is.
 * It compiles, links to the shared and to the static library, and the library calls none of them.
 */
#define PMEM2_NO_EXTENSIONS

#include <libpmem2.h>
#include <stdio.h>
#include <string.h>

static int own_calls;

/* seen by other libraries, as those of a program are: the type is pmem2_err_to_errno's in PMDK's header */
#pragma GCC visibility push(default)
#define PMDK(name)
#define DIFFERS(name)
#define OURS(name) \
	int name(int code); \
	int name(int code) \
	{ \
		own_calls++; \
		return code; \
	}
#include "../abi/functions.h"
#pragma GCC visibility pop

#undef OURS
#define OURS(name) name,
static int (*const own[])(int) = {
#include "../abi/functions.h"
};

enum { OWN = sizeof(own) / sizeof(own[0]) };

static int use_the_library(void)
{
	struct pmem2_source *source;
	struct pmem2_config *config;
	struct pmem2_map *map;

	if (pmem2_source_from_anon(&source, 4096) != 0 || pmem2_config_new(&config) != 0 ||
		pmem2_map_new(&map, config, source) != PMEM2_E_GRANULARITY_NOT_SET ||
		strlen(pmem2_errormsg()) == 0)
		return 1;
	if (pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) != 0 ||
		pmem2_map_new(&map, config, source) != 0)
		return 2;

	pmem2_get_memset_fn(map)(pmem2_map_get_address(map), 1, 4096, 0);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return pmem2_map_delete(&map) != 0 ? 3 : 0;
}

int main(void)
{
	int ret = use_the_library();

	if (ret != 0 || own_calls != 0) {
		printf("step %d, %d calls of the program's own functions\n", ret, own_calls);
		return 1;
	}
	for (int i = 0; i < OWN; i++)
		if (own[i](i) != i)
			return 1;
	printf("%d functions, %d calls\n", OWN, own_calls);
	return own_calls != OWN;
}
