/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * reload.c -- dlopen and dlclose of the library (argument 1) a thousand times, in threads with small
 * stacks; the functions that it handed out stay valid.
 */
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>

#include "load.h"

static const char *library;
static pmem2_memset_fn kept;

static void *symbol(void *handle, const char *name)
{
	void *address = dlsym(handle, name);

	if (address == NULL) {
		fprintf(stderr, "%s: no %s\n", library, name);
		abort();
	}
	return address;
}

/* POSIX has functions in void pointers, ISO C has not */
#define CALL(function, ...) \
	__extension__({ \
		__typeof__(&function) call; \
		*(void **)&call = symbol(handle, #function); \
		call(__VA_ARGS__); \
	})
#define CHECK(condition) ((condition) ? (void)0 : abort())

static void *round_trip(void *unused)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	(void)unused;
	CHECK(handle != NULL);
	CHECK(CALL(pmem2_source_from_anon, &src, 4096) == 0);
	CHECK(CALL(pmem2_config_new, &cfg) == 0);
	CHECK(CALL(pmem2_config_set_required_store_granularity, cfg, PMEM2_GRANULARITY_PAGE) == 0);
	CHECK(CALL(pmem2_map_new, &map, cfg, src) == 0);
	kept = CALL(pmem2_get_memset_fn, map);
	CHECK(CALL(pmem2_map_delete, &map) == 0);
	CHECK(CALL(pmem2_config_delete, &cfg) == 0);
	CHECK(CALL(pmem2_source_delete, &src) == 0);
	dlclose(handle);
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_attr_t attr;
	char page[100];

	(void)argc;
	library = argv[1];
	pthread_attr_init(&attr);
	CHECK(pthread_attr_setstacksize(&attr, 64 * 1024) == 0);
	for (int i = 0; i < 1000; i++) {
		pthread_t thread;

		CHECK(pthread_create(&thread, &attr, round_trip, NULL) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		kept(page, i, sizeof(page), 0);
		CHECK(page[99] == (char)i);
	}
	return 0;
}
