/* SPDX-License-Identifier: BSD-3-Clause */
#include "victim.h"

#include "tracer.h"

#include <dlfcn.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct pmem2_map *map;
static char *elsewhere;
static pmem2_memmove_fn move;
static pmem2_memcpy_fn copy;
static pmem2_memset_fn set;
static pmem2_flush_fn flush;
static pmem2_persist_fn persist;
static pmem2_drain_fn drain;

/* What a user would set, so that this variant is the one. */
static void set_environment(const struct setting *setting)
{
	const uint64_t needs = setting->variant->needs;
	const char *granularity = setting->serves == PMEM2_SERVES_BYTE         ? "BYTE"
	                          : setting->serves == PMEM2_SERVES_CACHE_LINE ? "CACHE_LINE"
	                                                                       : "PAGE";

	setenv("PMEM2_BACKEND", setting->backend, 1);
	setenv("PMEM2_FORCE_GRANULARITY", granularity, 1);
	setenv("PMEM2_NT_EVICTS", setting->nt_evicts ? "1" : "0", 1);
	setenv("PMEM_AVX512F", needs & PMEM2_CPU_AVX512F ? "1" : "0", 1);
	setenv("PMEM_AVX", needs & (PMEM2_CPU_AVX2 | PMEM2_CPU_AVX512F) ? "1" : "0", 1);
	setenv("PMEM_MOVDIR64B", needs & PMEM2_CPU_MOVDIR64B ? "1" : "0", 1);
}

static int open_source(struct pmem2_source **source, bool volatile_memory, size_t bytes)
{
	char name[] = "step-XXXXXX";

	if (volatile_memory)
		return pmem2_source_from_anon(source, bytes);

	int fd = mkstemp(name);
	if (fd < 0 || unlink(name) || ftruncate(fd, (off_t)bytes))
		return -1;
	return pmem2_source_from_fd(source, fd);
}

static bool open_map(const struct setting *setting, size_t bytes)
{
	struct pmem2_config *config;
	struct pmem2_source *source;

	if (open_source(&source, setting->serves == PMEM2_SERVES_VOLATILE, bytes) ||
		pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_config_set_length(config, bytes) || pmem2_map_new(&map, config, source))
		return false;

	move = pmem2_get_memmove_fn(map);
	copy = pmem2_get_memcpy_fn(map);
	set = pmem2_get_memset_fn(map);
	flush = pmem2_get_flush_fn(map);
	persist = pmem2_get_persist_fn(map);
	drain = pmem2_get_drain_fn(map);
	elsewhere = aligned_alloc(4096, bytes);
	memset(elsewhere, 7, bytes);
	return true;
}

/* No variable sets the shape. A backend that is built in keeps the one of this CPU. */
static bool set_shape(const struct setting *setting)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.so", getenv("PMEM2_BACKEND_DIR"), setting->backend);
	void *module = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
	const struct pmem2_backend *backend = module ? dlsym(module, "pmem2_backend_v1") : NULL;

	if (backend)
		backend->tuning->shape = setting->shape;
	return backend != NULL;
}

static void perform(const struct call *call)
{
	char *at = (char *)pmem2_map_get_address(map) + call->at;
	char *from = call->from == ELSEWHERE ? elsewhere + call->at % 4096
	                                     : (char *)pmem2_map_get_address(map) + call->from;

	switch (call->operation) {
	case MEMMOVE:
		move(at, from, call->size, call->flags);
		break;
	case MEMCPY:
		copy(at, from, call->size, call->flags);
		break;
	case MEMSET:
		set(at, 0x5a, call->size, call->flags);
		break;
	case FLUSH:
		flush(at, call->size);
		break;
	case PERSIST:
		persist(at, call->size);
		break;
	case DEEP_FLUSH:
		if (pmem2_deep_flush(map, at, call->size))
			abort();
		break;
	case DEEP_PERSIST:
		abort();
	case DRAIN:
		drain();
		break;
	}
}

void victim(struct shared *shared, const void *arg)
{
	const struct setting *setting = arg;

	tracer_be_stepped(shared);
	set_environment(setting);
	if (!open_map(setting, AREA)) {
		snprintf(shared->error, sizeof(shared->error), "%s", pmem2_errormsg());
		_exit(1);
	}
	if (strcmp(pmem2_map_get_backend_name(map), setting->variant->name)) {
		snprintf(shared->error, sizeof(shared->error), "the library chose %s",
			pmem2_map_get_backend_name(map));
		_exit(1);
	}
	shared->shaped = set_shape(setting);
	shared->base = pmem2_map_get_address(map);
	shared->ready = true;

	for (;;) {
		__asm__ volatile("int3" ::: "memory");
		perform(&shared->call);
	}
}
