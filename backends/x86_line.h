/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How x86-64 moves 16, 32 and 64 bytes. VECTOR, set by the build, is the widest register: 64
 * (AVX-512F), 32 (AVX2) or 16 (SSE2) bytes; DIRECT_STORES: streams are MOVDIR64B. The build gives
 * the compiler the flags for it.
 */
#ifndef PMEM2_X86_LINE_H
#define PMEM2_X86_LINE_H

#include <immintrin.h>
#include <libpmem2/backend.h>

#include "words.h"

#ifdef DIRECT_STORES
#define ISA_NEEDS (PMEM2_CPU_AVX512F | PMEM2_CPU_MOVDIR64B)
#elif VECTOR == 64
#define ISA_NEEDS PMEM2_CPU_AVX512F
#elif VECTOR == 32
#define ISA_NEEDS PMEM2_CPU_AVX2
#else
#define ISA_NEEDS PMEM2_CPU_SSE2
#endif

/* whether there are CPUs on which a non-temporal store and a fence are durable */
#define STREAMS_REACH_MEMORY 1

typedef __m128i v16;

static inline v16 load16(const char *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

static inline void store16(char *p, v16 v)
{
	_mm_storeu_si128((__m128i *)p, v);
}

static inline v16 splat16(int c)
{
	return _mm_set1_epi8((char)c);
}

/*
 * Streams are written out: where they need no flush, they are what makes the bytes durable, and to
 * clang the intrinsics are ordinary stores with a hint, which it forgets when it merges two of them.
 */

/* Any address; the CPU combines neighbours into lines on their way to memory. */
static inline void stream4(char *p, v4 v)
{
	__asm__ volatile("movnti %1, %0" : "=m"(*(any32 *)p) : "r"(v));
}

static inline void stream8(char *p, v8 v)
{
	__asm__ volatile("movnti %1, %0" : "=m"(*(any64 *)p) : "r"(v));
}

/* 1 to 3 bytes within a line, by an instruction that may touch, but not change, 16 there */
static inline void stream_few(char *p, v4 v, size_t bytes)
{
	size_t shift = (uintptr_t)p % 64 > 48 ? (uintptr_t)p % 64 - 48 : 0;
	char data[32] = {0}, mask[32] = {0};

	store4(data + shift, v);
	store4(mask + shift, 0x808080U >> (3 - bytes) * 8);
	_mm_maskmoveu_si128(load16(data), load16(mask), p - shift);
}

#if VECTOR == 64
typedef __m512i v64;

static inline v64 load64(const char *p)
{
	return _mm512_loadu_si512(p);
}

static inline void store64(char *p, v64 v)
{
	_mm512_storeu_si512(p, v);
}

static inline void stream64(char *p, v64 v)
{
#ifdef DIRECT_STORES
	_movdir64b(p, &v); /* from memory only; the stack is in a cache */
#else
	__asm__ volatile("vmovntdq %1, %0" : "=m"(*(v64 *)p) : "v"(v));
#endif
}

static inline v64 splat64(int c)
{
	return _mm512_set1_epi32((int)((unsigned char)c * 0x01010101U));
}
#else
#if VECTOR == 32
typedef __m256i v32;

static inline v32 load32(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)p);
}

static inline void store32(char *p, v32 v)
{
	_mm256_storeu_si256((__m256i *)p, v);
}

static inline void stream32(char *p, v32 v)
{
	__asm__ volatile("vmovntdq %1, %0" : "=m"(*(v32 *)p) : "x"(v));
}

static inline v32 splat32(int c)
{
	return _mm256_set1_epi8((char)c);
}
#else
#include "halves32.h"

static inline void stream32(char *p, v32 v)
{
	__asm__ volatile("movntdq %1, %0" : "=m"(*(v16 *)p) : "x"(v.lo));
	__asm__ volatile("movntdq %1, %0" : "=m"(*(v16 *)(p + 16)) : "x"(v.hi));
}
#endif
#include "halves64.h"
#endif

/*
 * Waits until what this thread flushed, or stored non-temporally, is with the memory
 * controller (Intel SDM vol. 2, CLWB and SFENCE).
 */
static inline void fence(void)
{
	__asm__ volatile("sfence" ::: "memory");
}

/* The CPU's clock, when all loads before it are done */
static inline uint64_t ticks(void)
{
	_mm_lfence();
	return __rdtsc();
}

#endif
