/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * odd_backend.c -- backends for the registry's tests: one that is good, and others that each have one
 * thing wrong. NAME is the file's name, KIND what is wrong.
 */
#include <libpmem2/backend.h>
#include <stdlib.h>

enum kind {
	good,
	version,
	name,
	empty,
	hole,
	needs,
};

#define STRING(x) #x
#define EXPAND(x) STRING(x)
#define IS(wrong) (KIND == (wrong))

/* No backend should have a constructor: this one tells that the file was loaded. */
__attribute__((constructor)) static void tell(void)
{
	setenv("ODD_LOADED", EXPAND(NAME), 1);
}

static void range(const void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
}

static void drain(void)
{
}

static void *move(void *dest, const void *src, size_t length, unsigned flags)
{
	(void)src;
	(void)length;
	(void)flags;
	return dest;
}

static void *set(void *dest, int c, size_t length, unsigned flags)
{
	(void)c;
	(void)length;
	(void)flags;
	return dest;
}

static const struct pmem2_variant variant = {
	.name = EXPAND(NAME) "-1",
	.needs = IS(needs) ? PMEM2_CPU_NEON | PMEM2_CPU_CLWB : 0, /* no CPU has both */
	.serves = PMEM2_SERVES_CACHE_LINE,
	.persist = range,
	.flush = range,
	.drain = IS(hole) ? NULL : drain,
	.deep_persist = range,
	.memmove = move,
	.memset = set,
};

static const struct pmem2_variant *const variants[] = {IS(empty) ? NULL : &variant, NULL};

static struct pmem2_tuning tuning;

extern PMEM2_BACKEND_EXPORT const struct pmem2_backend pmem2_backend_v0;

#define SYMBOL_good    pmem2_backend_v1
#define SYMBOL_version pmem2_backend_v0
#define SYMBOL_name    pmem2_backend_v1
#define SYMBOL_empty   pmem2_backend_v1
#define SYMBOL_hole    pmem2_backend_v1
#define SYMBOL_needs   pmem2_backend_v1
#define PASTE(kind)    SYMBOL_##kind
#define SYMBOL(kind)   PASTE(kind)

const struct pmem2_backend SYMBOL(KIND) = {
	.name = IS(name) ? "another" : EXPAND(NAME),
	.variants = variants,
	.tuning = &tuning,
};
