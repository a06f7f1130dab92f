/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The body of flush, drain, persist, memmove and memset: one text for every backend and ISA.
 *
 * A backend's ops.c is compiled once for each ISA. It includes the file that knows the ISA (vectors of 16
 * bytes and of VECTOR: v16, load16, store16, splat16 and so on; stream32 and the like; fence, ticks;
 * ISA_NEEDS, STREAMS_REACH_MEMORY), defines
 *   BACKEND      its name
 *   TUNING       its struct pmem2_tuning
 *   FLUSH_NEEDS  the PMEM2_CPU_* bits of its flush instruction
 *   flush_line   flushes the 64 bytes from a 64-byte boundary on
 * and includes this file, which ends in two tables: pmem2_BACKEND_ISA serves CACHE_LINE,
 * pmem2_BACKEND_byte_ISA serves BYTE and volatile memory.
 *
 * A backend that flushes no lines leaves out FLUSH_NEEDS: it gets put_lines() and the byte_ operations,
 * and makes its own tables.
 */
#include <stdbool.h>

#define PASTE(a, b, c) a##b##c
#define NAME(a, b, c)  PASTE(a, b, c)
#define STRING(x)      #x
#define TEXT(x)        STRING(x)
#ifndef inlined /* to measure coverage, functions: each branch is there once then */
#define inlined static inline __attribute__((always_inline))
#endif

extern struct pmem2_tuning TUNING __attribute__((visibility("hidden")));

#include "put.h"

enum {
	/* bytes */
	PROBE_FROM = 32 << 10, /* from here on it pays to find out where the destination is */
	NEAR = 32 << 10,
	HUGE_COPY = 8 << 20, /* from here on no cache would keep source and destination */
	HUGE_SET = 32 << 20, /* from here on none would keep the destination */

	/* ticks of the CPU's clock, 45 to 90 ns: more than a third-level cache takes, less than memory */
	SLOW_LOAD = 180,
};

#define ASKS_STREAM (PMEM2_F_MEM_NONTEMPORAL | PMEM2_F_MEM_WC)
#define ASKS_CACHE  (PMEM2_F_MEM_TEMPORAL | PMEM2_F_MEM_WB)

/* Whether a copy bypasses the caches: it is asked to, or nothing is asked and it is long. */
inlined bool bypasses(size_t len, unsigned flags, size_t from)
{
	if (TUNING.movnt_threshold == SIZE_MAX)
		return false;
	if (flags & ASKS_STREAM)
		return true;
	return !(flags & ASKS_CACHE) && len >= from;
}

/*
 * Without a flush, more than SHORT. Apart from the short copies, as whatever needs registers saved
 * would slow them down. Streams are fenced: another thread must not see stores out of order.
 */
inlined void put_unflushed(char *dest, struct from f, size_t len, unsigned flags)
{
	if (bypasses(len, flags, f.repeat ? HUGE_SET : HUGE_COPY)) {
		put_lines(dest, f, len, LINES_STREAM | EIGHT_STREAM);
		fence();
	} else {
		put_lines(dest, f, len, 0);
	}
}

static __attribute__((noinline)) void move_unflushed(void *dest, const void *src, size_t len,
	unsigned flags)
{
	put_unflushed(dest, (struct from){.src = src}, len, flags);
}

static __attribute__((noinline)) void set_unflushed(void *dest, int c, size_t len, unsigned flags)
{
	put_unflushed(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len, flags);
}

/* ---- BYTE: what is stored is durable once it is visible to all, which the fence waits for ---- */

static void *byte_memmove(void *dest, const void *src, size_t len, unsigned flags)
{
	if (len <= SHORT)
		put_short(dest, (struct from){.src = src}, len);
	else
		move_unflushed(dest, src, len, flags);
	if (!(flags & (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH)))
		fence();
	return dest;
}

static void *byte_memset(void *dest, int c, size_t len, unsigned flags)
{
	if (len <= SHORT)
		put_short(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len);
	else
		set_unflushed(dest, c, len, flags);
	if (!(flags & (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH)))
		fence();
	return dest;
}

static void byte_flush(const void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
}

static void byte_drain(void)
{
	fence();
}

static void byte_persist(const void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
	fence();
}

#ifdef FLUSH_NEEDS
/* ---- CACHE_LINE: every line is flushed after its last store, then the fence waits ---- */

/* Whether a non-temporal store is durable after a fence, although the line was in a cache. */
inlined bool nt_evicts(void)
{
	return STREAMS_REACH_MEMORY && TUNING.nt_evicts;
}

inlined void flush_range(const char *ptr, size_t size)
{
	if (size) /* else the address may be no memory at all */
		flush_lines(ptr - (uintptr_t)ptr % LINE, ptr + size);
}

/*
 * Whether to stream where streams must be flushed as well. If the destination is in a cache, stores
 * and flushes take 2.5 us for 64 KiB, streams and flushes 4.5; if it is in memory, 5.5 and 3.9
 * (Zen 4). A load from its middle tells: it takes 50 ticks, or 300 and more. (A second one does not
 * make it surer: every fifth finds its line prefetched.) Where the source is close by, reading it
 * brings the destination into the cache.
 */
inlined bool stream_and_flush(const char *dest, struct from f, size_t len, unsigned flags)
{
	ptrdiff_t apart = dest - f.src;

	if (len < PROBE_FROM || (!f.repeat && apart > -NEAR && apart < NEAR))
		return false;
	if (len >= HUGE_SET || (flags & ASKS_STREAM))
		return true;

	uint64_t start = ticks();
	touch(dest + len / 2);
	return ticks() - start > SLOW_LOAD;
}

/* More than what line_put_short() takes, or bypassing the caches. */
inlined void line_put_long(char *dest, struct from f, size_t len, unsigned flags)
{
	bool stream = bypasses(len, flags, TUNING.movnt_threshold);
	/* where no fence follows they cost 89 instead of 12 ns for 256 bytes */
	bool edges = shape().edges && !(flags & PMEM2_F_MEM_NODRAIN);

	if (stream && nt_evicts() && edges)
		put_lines(dest, f, len, LINES_STREAM | EDGES_STREAM);
	else if (stream && nt_evicts())
		put_lines(dest, f, len, LINES_STREAM | EDGES_FLUSH | EIGHT_STREAM);
	else if (stream && stream_and_flush(dest, f, len, flags))
		put_lines(dest, f, len, LINES_STREAM | LINES_FLUSH | EDGES_FLUSH);
	else
		put_lines(dest, f, len, LINES_FLUSH | EDGES_FLUSH);
	if (!(flags & PMEM2_F_MEM_NODRAIN))
		fence();
}

static __attribute__((noinline)) void *line_move_long(void *dest, const void *src, size_t len,
	unsigned flags)
{
	line_put_long(dest, (struct from){.src = src}, len, flags);
	return dest;
}

static __attribute__((noinline)) void *line_set_long(void *dest, int c, size_t len, unsigned flags)
{
	line_put_long(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len, flags);
	return dest;
}

/*
 * Whether all loads go before all stores, and all stores before all flushes: up to a line, and up
 * to four from the beginning of one. (Others cross lines that were flushed before, see put_lines().)
 */
inlined bool is_short(const char *dest, size_t len, unsigned flags)
{
	if (len >= TUNING.movnt_threshold || (flags & ASKS_STREAM))
		return false;
	return len <= LINE || (len <= SHORT && (uintptr_t)dest % LINE == 0);
}

inlined void line_put_short(char *dest, struct from f, size_t len, unsigned flags)
{
	put_short(dest, f, len);
	flush_range(dest, len);
	if (!(flags & PMEM2_F_MEM_NODRAIN))
		fence();
}

static void *line_memmove(void *dest, const void *src, size_t len, unsigned flags)
{
	if (flags & PMEM2_F_MEM_NOFLUSH)
		return byte_memmove(dest, src, len, flags);
	if (!is_short(dest, len, flags))
		return line_move_long(dest, src, len, flags);
	line_put_short(dest, (struct from){.src = src}, len, flags);
	return dest;
}

static void *line_memset(void *dest, int c, size_t len, unsigned flags)
{
	if (flags & PMEM2_F_MEM_NOFLUSH)
		return byte_memset(dest, c, len, flags);
	if (!is_short(dest, len, flags))
		return line_set_long(dest, c, len, flags);
	line_put_short(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len, flags);
	return dest;
}

static void line_flush(const void *ptr, size_t size)
{
	flush_range(ptr, size);
}

static void line_persist(const void *ptr, size_t size)
{
	flush_range(ptr, size);
	fence();
}

const struct pmem2_variant NAME(pmem2_, BACKEND, NAME(_, ISA, )) = {
	.name = TEXT(BACKEND) "-" TEXT(ISA),
	.needs = FLUSH_NEEDS | ISA_NEEDS,
	.serves = PMEM2_SERVES_CACHE_LINE,
	.persist = line_persist,
	.flush = line_flush,
	.drain = byte_drain,
	.deep_persist = line_persist,
	.memmove = line_memmove,
	.memset = line_memset,
};

/* deep_persist flushes: memory is a safer place than a cache that a battery keeps alive */
const struct pmem2_variant NAME(pmem2_, BACKEND, NAME(_byte_, ISA, )) = {
	.name = TEXT(BACKEND) "-byte-" TEXT(ISA),
	.needs = FLUSH_NEEDS | ISA_NEEDS,
	.serves = PMEM2_SERVES_BYTE | PMEM2_SERVES_VOLATILE,
	.persist = byte_persist,
	.flush = byte_flush,
	.drain = byte_drain,
	.deep_persist = line_persist,
	.memmove = byte_memmove,
	.memset = byte_memset,
};
#endif
