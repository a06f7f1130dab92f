/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How bytes are put where they belong, for the template that includes this file: short pieces by
 * registers that may overlap, long ones by whole lines between two edges.
 */
#ifndef PMEM2_PUT_H
#define PMEM2_PUT_H

enum {
	/* bytes */
	LINE = 64,        /* the unit of the template; a CPU's flush may cover less or more */
	GROUP = 4 * LINE, /* one turn of the loop over whole lines */
	SHORT = 4 * LINE, /* up to here registers hold the whole copy */
	STREAM_BLOCK = 32 << 10, /* fenced, then flushed while the next is put */
	FETCH_FROM = 32 << 10,   /* longer streams have their source fetched ahead */
	ALIAS = 1024,            /* nearer than that a load waits for a store 4 KiB away */
};

/*
 * The shape of long copies. A stream of 1 MiB from and to memory, GB/s by the lines that are loaded
 * before they are stored (Zen 4: mean of four offsets of the source against the destination; the
 * second row: 64 KiB from and to L2, the source 64 bytes after the destination modulo 4 KiB):
 *
 *                1     2     4     8    32
 *  Zen 4      23.4  23.3  21.6  22.4  21.0
 *             22.6  24.3  23.7  23.8  22.6
 *  Zen 5      25.2        23.8  23    18
 *
 * Two it is, for all. Ahead: the CPU by itself fetches up to the end of a page; 444 against 355 us for
 * 8 MiB, but 857 against 914 ns for 16 KiB (Zen 4).
 *
 * Edges: after a copy to memory there are 98 ns to wait for if they are streamed, else 160 (Zen 5). A CPU
 * of Intel's may have to read such a line first; none was measured.
 */
static const struct shape {
	size_t ahead; /* bytes: distance at which the source of a stream is fetched; 0: not at all */
	bool edges;   /* the parts of lines at both ends of a stream are streamed, too */
} shapes[] = {
	[PMEM2_SHAPE_DEFAULT] = {.ahead = 0, .edges = false},
	[PMEM2_SHAPE_INTEL] = {.ahead = 0, .edges = false},
	[PMEM2_SHAPE_AMD] = {.ahead = 2048, .edges = true},
};

/* A library newer than this may know other CPUs. */
inlined struct shape shape(void)
{
	return shapes[TUNING.shape <= PMEM2_SHAPE_AMD ? TUNING.shape : PMEM2_SHAPE_DEFAULT];
}

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

/*
 * 16 to 64 bytes, without a branch: up to 31 the inner stores repeat the outer ones. (For random sizes up
 * to 64, 5.5 against 7.9 ns with a class for 33 and more; for a size known before, 0.3 to 0.8 ns more.
 * Zen 4.)
 */
inlined void put16_to_64(char *dest, struct from f, size_t len)
{
	size_t second = len >= 32 ? 16 : 0, third = len - 16 - second;
	v16 a = get16(f, 0), b = get16(f, second), c = get16(f, third), d = get16(f, len - 16);

	store16(dest, a);
	store16(dest + second, b);
	store16(dest + third, c);
	store16(dest + len - 16, d);
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

/*
 * 0 to 64 bytes. (A jump table is slower: 8.2 against 6.7 ns for random sizes up to 16. Stores with a mask
 * need no branch, 3.8 ns, but 4.6 ns more if the source was just written, and 170 ns if the line is the last
 * of a mapping. Zen 4.)
 */
inlined void put_line_or_less(char *dest, struct from f, size_t len)
{
	if (len >= 16)
		put16_to_64(dest, f, len);
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
	EIGHT_STREAM = 16, /* parts of 8 bytes non-temporally, whatever others are */
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
#define stream8     store8
#define stream_edge put_line_or_less
#endif

/*
 * Bytes within one line. Eight of them are one store; where no fence follows, more than one
 * non-temporal store to a line costs 80 ns, but that one saves reading the line: 21 against 29 ns for
 * 256 bytes at +8 (Zen 4).
 */
inlined void put_edge(char *dest, struct from f, size_t len, int how)
{
	if (!len)
		return;
	if ((how & EIGHT_STREAM) && len == 8) {
		stream8(dest, get8(f, 0));
		return;
	}
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
 * Two lines, loads first: one line at a time is as fast, but for sources a little after the
 * destination modulo 4 KiB, whose loads wait for the store before.
 */
inlined void put_pair(char *dest, struct from f, int how)
{
	v64 a = get64(f, 0), b = get64(f, LINE);

	put_line(dest, a, how);
	put_line(dest + LINE, b, how);
}

/* Four lines, all loads first; streams pair by pair, the way the copy goes, which may overlap. */
inlined void put_group(char *dest, struct from f, bool down, int how)
{
	const size_t first = down ? 2 * LINE : 0, second = 2 * LINE - first;

	if (how & LINES_STREAM) {
		put_pair(dest + first, skip(f, first), how);
		put_pair(dest + second, skip(f, second), how);
		return;
	}

	v64 a = get64(f, 0), b = get64(f, LINE), c = get64(f, 2 * LINE), d = get64(f, 3 * LINE);

	put_line(dest, a, how);
	put_line(dest + LINE, b, how);
	put_line(dest + 2 * LINE, c, how);
	put_line(dest + 3 * LINE, d, how);
}

inlined void fetch_group(const char *src)
{
	__builtin_prefetch(src, 0, 0);
	__builtin_prefetch(src + LINE, 0, 0);
	__builtin_prefetch(src + 2 * LINE, 0, 0);
	__builtin_prefetch(src + 3 * LINE, 0, 0);
}

/*
 * One line a turn: two and four take the same time, at any place of the loop in a line of code (Zen 3:
 * 2.2 ns a line that is clean and in L2). Where the file is mapped does not matter either. What differs
 * from one process to the next, 2.1 to 2.7 ns, is the pages that the file has: some share the sets of L2.
 */
inlined void flush_lines(const char *line, const char *end)
{
	for (; line < end; line += LINE)
		flush_line(line);
}

/* Written out: gcc makes a loop of it or not, 658 or 493 instructions for 4 KiB. */
inlined void flush_group(const char *line)
{
	flush_line(line);
	flush_line(line + LINE);
	flush_line(line + 2 * LINE);
	flush_line(line + 3 * LINE);
}

/*
 * How much of what was put may be flushed. A flush is ordered after older stores to its line (Intel
 * SDM vol. 2, CLWB); of non-temporal ones no manual says that, so a fence comes between, one for
 * each block.
 */
inlined size_t settled(size_t before, size_t put, int how)
{
	if (!(how & LINES_STREAM))
		return put;
	if (put - before < STREAM_BLOCK)
		return before;
	fence();
	return put;
}

/*
 * Whole lines from dest + begin up to dest + end. What is settled is flushed turn by turn: of a
 * stream, one block while the next is put.
 */
inlined void put_whole_up(char *dest, struct from f, size_t begin, size_t end, int how)
{
	const size_t ahead = (how & LINES_STREAM) && !f.repeat ? shape().ahead : 0;
	const size_t fetch_to = ahead && end - begin > FETCH_FROM ? end - ahead : begin;
	size_t at = begin, ready = begin, flushed = begin;

	for (; end - at >= GROUP; at += GROUP) {
		if (at < fetch_to)
			fetch_group(f.src + at + ahead);
		put_group(dest + at, skip(f, at), false, how);
		if (!(how & LINES_FLUSH))
			continue;
		ready = begin + settled(ready - begin, at + GROUP - begin, how);
		if (flushed < ready) {
			flush_group(dest + flushed);
			flushed += GROUP;
		}
	}
	if (end - at >= 2 * LINE) {
		put_pair(dest + at, skip(f, at), how);
		at += 2 * LINE;
	}
	if (at < end)
		put_line(dest + at, get64(f, at), how);
	if ((how & LINES_FLUSH) && (how & LINES_STREAM))
		fence();
	if (how & LINES_FLUSH)
		flush_lines(dest + flushed, dest + end);
}

/* The same from the end down. */
inlined void put_whole_down(char *dest, struct from f, size_t begin, size_t end, int how)
{
	size_t at = end, ready = end, flushed = end;

	for (; at - begin >= GROUP; at -= GROUP) {
		put_group(dest + at - GROUP, skip(f, at - GROUP), true, how);
		if (!(how & LINES_FLUSH))
			continue;
		ready = end - settled(end - ready, end - at + GROUP, how);
		if (flushed > ready) {
			flush_group(dest + flushed - GROUP);
			flushed -= GROUP;
		}
	}
	if (at - begin >= 2 * LINE) {
		at -= 2 * LINE;
		put_pair(dest + at, skip(f, at), how);
	}
	if (at > begin)
		put_line(dest + begin, get64(f, begin), how);
	if ((how & LINES_FLUSH) && (how & LINES_STREAM))
		fence();
	if (how & LINES_FLUSH)
		flush_lines(dest + begin, dest + flushed);
}

/*
 * Whether a copy begins at its first byte: not where the destination begins inside the source. Where both
 * ways are open, a long stream goes down if its destination lies up to ALIAS bytes after its source modulo
 * 4 KiB: going up, a load waits for an older store that has the same twelve bits of address. Durable, from
 * and to memory, 256 KiB: 30.0 against 21.3 us; 8 MiB: 992 against 775 us; up to 32 KiB the same (Zen 3).
 */
inlined bool goes_up(const char *dest, const char *src, size_t len, int how)
{
	uintptr_t after = (uintptr_t)dest - (uintptr_t)src, before = -after;

	if (after < len)
		return false;
	return !(how & LINES_STREAM) || len <= FETCH_FROM || before < len ||
	       (after - 1) % 4096 >= ALIAS;
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
	} else if (f.repeat || goes_up(dest, f.src, len, how)) {
		put_edge(dest, f, head, how);
		put_whole_up(dest, f, head, tail, how);
		put_edge(dest + tail, skip(f, tail), len - tail, how);
	} else {
		put_edge(dest + tail, skip(f, tail), len - tail, how);
		put_whole_down(dest, f, head, tail, how);
		put_edge(dest, f, head, how);
	}
}

#endif
