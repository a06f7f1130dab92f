/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * broken_backend.c -- a small backend for x86-64 that keeps its contract, and others that each break it in
 * one way. NAME is the file's name, KIND the way.
 */
#include <emmintrin.h>
#include <errno.h>
#include <stdbool.h>

#include <libpmem2/backend.h>

enum kind {
	sound,
	line,    /* the last line of a range is not flushed */
	torn,    /* aligned values of 8 bytes are stored in two halves */
	errno_,  /* a flush changes errno */
	overlap, /* copies go upwards, whatever overlaps */
	drain_,  /* persist and drain do not wait */
};

#define STRING(x) #x
#define EXPAND(x) STRING(x)
#define IS(kind)  (KIND == (kind))

static void flush(const void *ptr, size_t size)
{
	uintptr_t end = (uintptr_t)ptr + size, at = (uintptr_t)ptr & ~(uintptr_t)63;

	if (IS(errno_))
		errno = EDOM;
	for (; size > 0 && at < end; at += 64)
		if (!IS(line) || at + 64 < end)
			_mm_clflush((const void *)at);
}

static void drain(void)
{
	if (!IS(drain_))
		_mm_sfence();
}

static void persist(const void *ptr, size_t size)
{
	flush(ptr, size);
	drain();
}

typedef uint64_t __attribute__((may_alias, aligned(1))) word;
typedef uint32_t __attribute__((may_alias, aligned(1))) half;

static void store_word(char *to, word value)
{
	if (IS(torn)) {
		((volatile half *)to)[0] = (half)value;
		((volatile half *)to)[1] = (half)(value >> 32);
	} else {
		*(volatile word *)to = value;
	}
}

/* step is 0 for memset: src stands still. */
static void *put(char *dest, const char *src, size_t step, size_t len, unsigned flags)
{
	size_t unit = ((uintptr_t)dest | len) % 8 == 0 ? 8 : 1;
	bool down = (uintptr_t)dest - (uintptr_t)src < len && step > 0 && !IS(overlap);

	for (size_t i = 0; i < len; i += unit) {
		size_t at = down ? len - unit - i : i;

		if (unit == 8)
			store_word(dest + at, *(const word *)(src + at * step));
		else
			*(volatile char *)(dest + at) = src[at * step];
	}
	if (!(flags & PMEM2_F_MEM_NOFLUSH))
		flush(dest, len);
	if (!(flags & (PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_NODRAIN)))
		drain();
	return dest;
}

static void *move(void *dest, const void *src, size_t len, unsigned flags)
{
	return put(dest, src, 1, len, flags);
}

static void *set(void *dest, int c, size_t len, unsigned flags)
{
	word repeated = 0x0101010101010101U * (unsigned char)c;

	return put(dest, (const char *)&repeated, 0, len, flags);
}

static const struct pmem2_variant variant = {
	.name = EXPAND(NAME) "-sse2",
	.needs = PMEM2_CPU_CLFLUSH | PMEM2_CPU_SSE2,
	.serves = PMEM2_SERVES_CACHE_LINE,
	.persist = persist,
	.flush = flush,
	.drain = drain,
	.deep_persist = persist,
	.memmove = move,
	.memset = set,
};

static const struct pmem2_variant *const variants[] = {&variant, NULL};

const struct pmem2_backend pmem2_backend_v1 = {.name = EXPAND(NAME), .variants = variants};
