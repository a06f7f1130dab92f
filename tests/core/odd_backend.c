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
	const_tuning,
	used_tuning,
	lost_tuning,
	serves_none,
	serves_unknown,
	variant_reserved,
	backend_reserved,
	unnamed,
	nameless,
	foreign,
	twins,
	lost_variant,
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
	.name = IS(unnamed)    ? ""
                : IS(nameless) ? NULL
                : IS(foreign)  ? "clwb-avx2"
                               : EXPAND(NAME) "-1",
	.needs = IS(needs) ? PMEM2_CPU_NEON | PMEM2_CPU_CLWB : 0, /* no CPU has both */
	.serves = IS(serves_none)      ? 0
                  : IS(serves_unknown) ? PMEM2_SERVES_CACHE_LINE | 1U << 7
                                       : PMEM2_SERVES_CACHE_LINE,
	.reserved = IS(variant_reserved) ? 5 : 0,
	.persist = range,
	.flush = range,
	.drain = IS(hole) ? NULL : drain,
	.deep_persist = range,
	.memmove = move,
	.memset = set,
};

#define LOST ((void *)16) /* no memory is there */

static const struct pmem2_variant *const variants[] = {
	IS(empty)          ? NULL
	: IS(lost_variant) ? LOST
			   : &variant,
	IS(twins) ? &variant : NULL,
	NULL,
};

static struct pmem2_tuning tuning = {.reserved = {0, 0, IS(used_tuning) ? 9 : 0}};
static const struct pmem2_tuning constant;

extern PMEM2_BACKEND_EXPORT const struct pmem2_backend pmem2_backend_v0;

#define SYMBOL_good    pmem2_backend_v1
#define SYMBOL_version pmem2_backend_v0
#define SYMBOL_name    pmem2_backend_v1
#define SYMBOL_empty   pmem2_backend_v1
#define SYMBOL_hole    pmem2_backend_v1
#define SYMBOL_needs   pmem2_backend_v1

#define SYMBOL_const_tuning     pmem2_backend_v1
#define SYMBOL_used_tuning      pmem2_backend_v1
#define SYMBOL_lost_tuning      pmem2_backend_v1
#define SYMBOL_serves_none      pmem2_backend_v1
#define SYMBOL_serves_unknown   pmem2_backend_v1
#define SYMBOL_variant_reserved pmem2_backend_v1
#define SYMBOL_backend_reserved pmem2_backend_v1
#define SYMBOL_unnamed          pmem2_backend_v1
#define SYMBOL_nameless         pmem2_backend_v1
#define SYMBOL_foreign          pmem2_backend_v1
#define SYMBOL_twins            pmem2_backend_v1
#define SYMBOL_lost_variant     pmem2_backend_v1
#define PASTE(kind)             SYMBOL_##kind
#define SYMBOL(kind)            PASTE(kind)

const struct pmem2_backend SYMBOL(KIND) = {
	.name = IS(name) ? "another" : EXPAND(NAME),
	.variants = variants,
	.tuning = IS(const_tuning)  ? (struct pmem2_tuning *)(uintptr_t)&constant
                  : IS(lost_tuning) ? LOST
                                    : &tuning,
	.reserved = {NULL, IS(backend_reserved) ? &tuning : NULL},
};
