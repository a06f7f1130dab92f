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
	LINE = 64,       /* bytes: the unit of this file; a CPU's flush may cover less or more */
	SHORT = 4 * LINE /* bytes: up to here registers hold the whole copy */
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

/*
 * get8(f, at): 8 bytes of the source. put8(dest, f, len): 8 to 16 bytes by two stores that may
 * overlap, after both loads, since source and destination may overlap too.
 */
#define SIZED(n, repeated) \
	inlined v##n get##n(struct from f, size_t at) \
	{ \
		return f.repeat ? (repeated) : load##n(f.src + at); \
	} \
	inlined void put##n(char *dest, struct from f, size_t len) \
	{ \
		v##n first = get##n(f, 0), last = get##n(f, len - n); \
		store##n(dest, first); \
		store##n(dest + len - n, last); \
	}
SIZED(1, (uint8_t)f.byte)
SIZED(2, (uint16_t)(f.byte * 0x0101))
SIZED(4, (uint32_t)(f.byte * 0x01010101))
SIZED(8, UINT64_C(0x0101010101010101) * f.byte)
SIZED(16, splat16((int)f.byte))
SIZED(32, splat32((int)f.byte))
SIZED(64, splat64((int)f.byte))
#undef SIZED

/* 129 to 256 bytes */
inlined void put_quad64(char *dest, struct from f, size_t len)
{
	v64 a = get64(f, 0), b = get64(f, 64), c = get64(f, len - 128), d = get64(f, len - 64);

	store64(dest, a);
	store64(dest + 64, b);
	store64(dest + len - 128, c);
	store64(dest + len - 64, d);
}

/* 0 to 256 bytes: all loads, then all stores */
inlined void put_short(char *dest, struct from f, size_t len)
{
	if (len > 128)
		put_quad64(dest, f, len);
	else if (len > 64)
		put64(dest, f, len);
	else if (len > 32)
		put32(dest, f, len);
	else if (len > 16)
		put16(dest, f, len);
	else if (len >= 8)
		put8(dest, f, len);
	else if (len >= 4)
		put4(dest, f, len);
	else if (len >= 2)
		put2(dest, f, len);
	else if (len)
		put1(dest, f, 1);
}

/* How put() stores: flags that every caller gives as constants. */
enum {
	PUT_FLUSH = 1,  /* flush each line when all its bytes are stored */
	PUT_STREAM = 2, /* store whole lines non-temporally, and do not flush those */
};

/* Less than a line, within one line. */
inlined void put_edge(char *dest, struct from f, size_t len, int how)
{
	if (!len)
		return;
	put_short(dest, f, len);
	if (how & PUT_FLUSH)
		flush_line(dest - (uintptr_t)dest % LINE);
}

inlined void put_line(char *dest, struct from f, size_t at, int how)
{
	if (how & PUT_STREAM) {
		stream64(dest + at, get64(f, at));
		return;
	}
	store64(dest + at, get64(f, at));
	if (how & PUT_FLUSH)
		flush_line(dest + at);
}

/* More than a line: the part before the first boundary, whole lines, the part after the last. */
inlined void put_long(char *dest, struct from f, size_t len, int how)
{
	size_t head = -(uintptr_t)dest % LINE;
	size_t tail = len - (uintptr_t)(dest + len) % LINE;
	size_t at;

	if (f.repeat || (uintptr_t)dest - (uintptr_t)f.src >= len) {
		put_edge(dest, f, head, how);
		for (at = head; at < tail; at += LINE)
			put_line(dest, f, at, how);
		put_edge(dest + tail, skip(f, tail), len - tail, how);
	} else { /* the destination's beginning is the source's end: from the end down */
		put_edge(dest + tail, skip(f, tail), len - tail, how);
		for (at = tail; at > head; at -= LINE)
			put_line(dest, f, at - LINE, how);
		put_edge(dest, f, head, how);
	}
}

inlined bool streams(size_t len, unsigned flags)
{
	if (TUNING.movnt_threshold == SIZE_MAX)
		return false;
	if (flags & ASKS_STREAM)
		return true;
	return !(flags & ASKS_CACHE) && len >= TUNING.movnt_threshold;
}

/* ---- BYTE: what is stored is durable once it is visible to all, which the fence waits for ---- */

inlined void byte_put(char *dest, struct from f, size_t len, unsigned flags)
{
	bool stream = len > SHORT && (flags & ASKS_STREAM) && streams(len, flags);

	if (len <= SHORT)
		put_short(dest, f, len);
	else if (stream)
		put_long(dest, f, len, PUT_STREAM);
	else
		put_long(dest, f, len, 0);

	/* NODRAIN or not: another thread must not see non-temporal stores out of order */
	if (stream || !(flags & (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH)))
		fence();
}

static void *byte_memmove(void *dest, const void *src, size_t len, unsigned flags)
{
	byte_put(dest, (struct from){.src = src}, len, flags);
	return dest;
}

static void *byte_memset(void *dest, int c, size_t len, unsigned flags)
{
	byte_put(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len, flags);
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

inlined void flush_range(const char *ptr, size_t size)
{
	const char *end = ptr + size;

	if (!size)
		return; /* the address may be no memory at all */
	for (const char *line = ptr - (uintptr_t)ptr % LINE; line < end; line += LINE)
		flush_line(line);
}

inlined void line_put(char *dest, struct from f, size_t len, unsigned flags)
{
	if (flags & PMEM2_F_MEM_NOFLUSH) {
		if (len <= SHORT)
			put_short(dest, f, len);
		else
			put_long(dest, f, len, 0);
		return;
	}

	if (len <= SHORT) {
		put_short(dest, f, len);
		flush_range(dest, len);
	} else if (TUNING.nt_evicts && streams(len, flags)) {
		put_long(dest, f, len, PUT_STREAM | PUT_FLUSH);
	} else {
		put_long(dest, f, len, PUT_FLUSH);
	}
	if (!(flags & PMEM2_F_MEM_NODRAIN))
		fence();
}

static void *line_memmove(void *dest, const void *src, size_t len, unsigned flags)
{
	line_put(dest, (struct from){.src = src}, len, flags);
	return dest;
}

static void *line_memset(void *dest, int c, size_t len, unsigned flags)
{
	line_put(dest, (struct from){.repeat = true, .byte = (unsigned char)c}, len, flags);
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
