/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The body of flush, drain, persist, memmove and memset: one text for every backend and ISA.
 *
 * A backend's ops.c is compiled once for each ISA. It includes the file that knows the ISA (load,
 * store, stream, splat; fence), defines
 *   BACKEND      its name
 *   TUNING       its struct pmem2_tuning
 *   FLUSH_NEEDS  the PMEM2_CPU_* bits of its flush instruction
 *   flush_line   flushes the 64 bytes from a 64-byte boundary on
 * and includes this file, which ends in two tables: pmem2_BACKEND_ISA serves CACHE_LINE,
 * pmem2_BACKEND_byte_ISA serves BYTE and volatile memory.
 *
 * A backend that flushes no lines leaves out FLUSH_NEEDS: it gets put() and the byte_ operations,
 * and makes its own tables.
 */
#include <stdbool.h>

#define PASTE(a, b, c) a##b##c
#define NAME(a, b, c)  PASTE(a, b, c)
#define STRING(x)      #x
#define TEXT(x)        STRING(x)
#define inlined        static inline __attribute__((always_inline))

extern struct pmem2_tuning TUNING __attribute__((visibility("hidden")));

enum {
	/* bytes */
	LINE = 64,             /* the unit of this file; a CPU's flush may cover less or more */
	GROUP = 4 * LINE,      /* what is loaded before it is stored */
	SHORT = 4 * LINE,      /* up to here registers hold the whole copy */
	STREAM_BEHIND = 1024,  /* distance of the flush that follows a stream */
	PROBE_FROM = 32 << 10, /* from here on it pays to find out where the destination is */
	NEAR = 32 << 10,
	HUGE = 8 << 20, /* from here on no cache would keep a copy */

	/* ticks of the CPU's clock, 45 to 90 ns: more than a third-level cache takes, less than memory */
	SLOW_LOAD = 180,
};

#define ASKS_STREAM (PMEM2_F_MEM_NONTEMPORAL | PMEM2_F_MEM_WC)
#define ASKS_CACHE  (PMEM2_F_MEM_TEMPORAL | PMEM2_F_MEM_WB)

/* Where the bytes come from: memory, for memmove; a byte repeated, for memset. */
struct from {
	bool repeat;
	const char *src;
	uint64_t byte;
};

inlined struct from skip(struct from f, size_t bytes)
{
	return f.repeat ? f : (struct from){.src = f.src + bytes};
}

/* getN(f, at): N bytes of the source. */
#define GET(n, repeated) \
	inlined v##n get##n(struct from f, size_t at) \
	{ \
		return f.repeat ? (repeated) : load##n(f.src + at); \
	}
GET(1, (v1)f.byte)
GET(2, (v2)(f.byte * 0x0101))
GET(4, (v4)(f.byte * 0x01010101))
GET(8, UINT64_C(0x0101010101010101) * f.byte)
GET(16, splat16((int)f.byte))
GET(32, splat32((int)f.byte))
GET(64, splat64((int)f.byte))
#undef GET

/* putN: N to 2 * N bytes by two stores that may overlap; source and destination may, too. */
#define PUT(n) \
	inlined void put##n(char *dest, struct from f, size_t len) \
	{ \
		v##n first = get##n(f, 0), last = get##n(f, len - n); \
		store##n(dest, first); \
		store##n(dest + len - n, last); \
	}
PUT(4)
PUT(8)
PUT(16)
PUT(32)
PUT(64)
#undef PUT

/* 1 to 3 bytes, without a branch */
inlined void put_few(char *dest, struct from f, size_t len)
{
	v1 first = get1(f, 0), middle = get1(f, len / 2), last = get1(f, len - 1);

	store1(dest, first);
	store1(dest + len / 2, middle);
	store1(dest + len - 1, last);
}

/* 128 to 256 bytes */
inlined void put128(char *dest, struct from f, size_t len)
{
	v64 a = get64(f, 0), b = get64(f, 64), c = get64(f, len - 128), d = get64(f, len - 64);

	store64(dest, a);
	store64(dest + 64, b);
	store64(dest + len - 128, c);
	store64(dest + len - 64, d);
}

/* 0 to 64 bytes. (A jump table is slower: 8.2 against 6.7 ns for random sizes up to 16.) */
inlined void put_line_or_less(char *dest, struct from f, size_t len)
{
	if (len > 32)
		put32(dest, f, len);
	else if (len >= 16)
		put16(dest, f, len);
	else if (len >= 8)
		put8(dest, f, len);
	else if (len >= 4)
		put4(dest, f, len);
	else if (len)
		put_few(dest, f, len);
}

/* 0 to 256 bytes: all loads, then all stores */
inlined void put_short(char *dest, struct from f, size_t len)
{
	if (len <= 64)
		put_line_or_less(dest, f, len);
	else if (len <= 128)
		put64(dest, f, len);
	else
		put128(dest, f, len);
}

/* How put_lines() stores: bits that every caller gives as constants. */
enum {
	LINES_STREAM = 1, /* whole lines non-temporally */
	LINES_FLUSH = 2,
	EDGES_STREAM = 4, /* parts of lines non-temporally */
	EDGES_FLUSH = 8,
};

#if STREAMS_REACH_MEMORY
/* Less than a line non-temporally: by words, which need no alignment. */
inlined void stream_edge(char *dest, struct from f, size_t len)
{
	v8 words[LINE / 8];
	size_t n = 0;

	if (len < 4) {
		stream_few(dest,
			(v4)get1(f, 0) | (v4)get1(f, len / 2) << len / 2 * 8 |
				(v4)get1(f, len - 1) << (len - 1) * 8,
			len);
	} else if (len < 8) {
		v4 first = get4(f, 0), last = get4(f, len - 4);

		stream4(dest, first);
		stream4(dest + len - 4, last);
	} else {
		for (size_t at = 0; at < len - 8; at += 8)
			words[n++] = get8(f, at);
		words[n] = get8(f, len - 8);
		for (size_t i = 0; i < n; i++)
			stream8(dest + i * 8, words[i]);
		stream8(dest + len - 8, words[n]);
	}
}
#else
#define stream_edge put_line_or_less
#endif

/* Bytes within one line. */
inlined void put_edge(char *dest, struct from f, size_t len, int how)
{
	if (!len)
		return;
	if (how & EDGES_STREAM)
		stream_edge(dest, f, len);
	else
		put_line_or_less(dest, f, len);
	if (how & EDGES_FLUSH)
		flush_line(dest - (uintptr_t)dest % LINE);
}

inlined void put_line(char *dest, v64 line, int how)
{
	if (how & LINES_STREAM)
		stream64(dest, line);
	else
		store64(dest, line);
}

/*
 * Four lines, loads first: one line at a time is as fast, but for sources a little behind the
 * destination modulo 4 KiB, whose loads wait for the store before (3170 against 2550 ns for 64 KiB).
 */
inlined void put_group(char *dest, struct from f, size_t at, int how)
{
	v64 a = get64(f, at), b = get64(f, at + LINE);
	v64 c = get64(f, at + 2 * LINE), d = get64(f, at + 3 * LINE);

	put_line(dest + at, a, how);
	put_line(dest + at + LINE, b, how);
	put_line(dest + at + 2 * LINE, c, how);
	put_line(dest + at + 3 * LINE, d, how);
}

inlined void flush_lines(const char *line, const char *end)
{
	for (; line < end; line += LINE)
		flush_line(line);
}

/*
 * Whole lines from dest + begin up to dest + end, each flushed when it is so far behind: a stream
 * is on its way to memory for a while, and a flush that comes too soon waits for it.
 */
inlined void put_whole_up(char *dest, struct from f, size_t begin, size_t end, int how)
{
	const size_t behind = how & LINES_STREAM ? STREAM_BEHIND : 0;
	size_t at = begin, flushed = begin;

	for (; end - at >= GROUP; at += GROUP) {
		put_group(dest, f, at, how);
		if ((how & LINES_FLUSH) && at - flushed >= behind) {
			flush_lines(dest + flushed, dest + flushed + GROUP);
			flushed += GROUP;
		}
	}
	for (; at < end; at += LINE)
		put_line(dest + at, get64(f, at), how);
	if (how & LINES_FLUSH)
		flush_lines(dest + flushed, dest + end);
}

/* The same from the end down. */
inlined void put_whole_down(char *dest, struct from f, size_t begin, size_t end, int how)
{
	const size_t behind = how & LINES_STREAM ? STREAM_BEHIND : 0;
	size_t at = end, flushed = end;

	for (; at - begin >= GROUP; at -= GROUP) {
		put_group(dest, f, at - GROUP, how);
		if ((how & LINES_FLUSH) && flushed - at >= behind) {
			flush_lines(dest + flushed - GROUP, dest + flushed);
			flushed -= GROUP;
		}
	}
	for (; at > begin; at -= LINE)
		put_line(dest + at - LINE, get64(f, at - LINE), how);
	if (how & LINES_FLUSH)
		flush_lines(dest + begin, dest + flushed);
}

/*
 * Any length, line by line: no store crosses a boundary. (A crossing store to lines that were
 * flushed before costs 1.5 to 2 ns more: 24 against 15 ns for 256 bytes at +8.)
 */
inlined void put_lines(char *dest, struct from f, size_t len, int how)
{
	size_t head = -(uintptr_t)dest % LINE;
	size_t tail = len - (uintptr_t)(dest + len) % LINE;

	if (len <= head) {
		put_edge(dest, f, len, how);
	} else if (f.repeat || (uintptr_t)dest - (uintptr_t)f.src >= len) {
		put_edge(dest, f, head, how);
		put_whole_up(dest, f, head, tail, how);
		put_edge(dest + tail, skip(f, tail), len - tail, how);
	} else { /* the destination begins inside the source */
		put_edge(dest + tail, skip(f, tail), len - tail, how);
		put_whole_down(dest, f, head, tail, how);
		put_edge(dest, f, head, how);
	}
}

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
	if (bypasses(len, flags, HUGE)) {
		put_lines(dest, f, len, LINES_STREAM);
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
 * and flushes take 2.4 us for 64 KiB, streams and flushes 4.5; if it is in memory, 4.5 and 2.9
 * (Zen 4). A load from its middle tells: it takes 50 ticks, or 350 and more. Where the source is
 * close by, reading it brings the destination into the cache.
 */
inlined bool stream_and_flush(const char *dest, struct from f, size_t len, unsigned flags)
{
	ptrdiff_t apart = dest - f.src;

	if (len < PROBE_FROM || (!f.repeat && apart > -NEAR && apart < NEAR))
		return false;
	if (len >= HUGE || (flags & ASKS_STREAM))
		return true;

	uint64_t start = ticks();
	touch(dest + len / 2);
	return ticks() - start > SLOW_LOAD;
}

/* More than a line, or bypassing the caches. */
inlined void line_put_long(char *dest, struct from f, size_t len, unsigned flags)
{
	bool stream = bypasses(len, flags, TUNING.movnt_threshold);
	/* 98 ns instead of 160 to wait for; without the wait 89 instead of 12 ns for 256 bytes */
	bool edges = TUNING.shape == PMEM2_SHAPE_AMD && !(flags & PMEM2_F_MEM_NODRAIN);

	if (stream && nt_evicts() && edges)
		put_lines(dest, f, len, LINES_STREAM | EDGES_STREAM);
	else if (stream && nt_evicts())
		put_lines(dest, f, len, LINES_STREAM | EDGES_FLUSH);
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

inlined bool is_long(size_t len, unsigned flags)
{
	return len > LINE || len >= TUNING.movnt_threshold || (flags & ASKS_STREAM);
}

/* At most a line. */
inlined void line_put_short(char *dest, struct from f, size_t len, unsigned flags)
{
	put_line_or_less(dest, f, len);
	flush_range(dest, len);
	if (!(flags & PMEM2_F_MEM_NODRAIN))
		fence();
}

static void *line_memmove(void *dest, const void *src, size_t len, unsigned flags)
{
	if (flags & PMEM2_F_MEM_NOFLUSH)
		return byte_memmove(dest, src, len, flags);
	if (is_long(len, flags))
		return line_move_long(dest, src, len, flags);
	line_put_short(dest, (struct from){.src = src}, len, flags);
	return dest;
}

static void *line_memset(void *dest, int c, size_t len, unsigned flags)
{
	if (flags & PMEM2_F_MEM_NOFLUSH)
		return byte_memset(dest, c, len, flags);
	if (is_long(len, flags))
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
