/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How x86-64 moves 16, 32 and 64 bytes. VECTOR, set by the build, is the widest register: 64
 * (AVX-512F), 32 (AVX2) or 16 (SSE2) bytes; the build gives the compiler the flags for it.
 */
#ifndef PMEM2_X86_LINE_H
#define PMEM2_X86_LINE_H

#include <immintrin.h>
#include <libpmem2/backend.h>

#include "words.h"

#if VECTOR == 64
#define ISA_NEEDS PMEM2_CPU_AVX512F
#elif VECTOR == 32
#define ISA_NEEDS PMEM2_CPU_AVX2
#else
#define ISA_NEEDS PMEM2_CPU_SSE2
#endif

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

#if VECTOR >= 32
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
	_mm256_stream_si256((__m256i *)p, v);
}

static inline v32 splat32(int c)
{
	return _mm256_set1_epi8((char)c);
}
#else
#include "halves32.h"

static inline void stream32(char *p, v32 v)
{
	_mm_stream_si128((__m128i *)p, v.lo);
	_mm_stream_si128((__m128i *)(p + 16), v.hi);
}
#endif

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
	_mm512_stream_si512((__m512i *)p, v);
}

static inline v64 splat64(int c)
{
	return _mm512_set1_epi32((int)((unsigned char)c * 0x01010101U));
}
#else
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

#endif
