/* SPDX-License-Identifier: BSD-3-Clause */
/* 16, 32 and 64 bytes in plain C, for CPUs without a file of their own: stores of 8 bytes. */
#ifndef PMEM2_C_LINE_H
#define PMEM2_C_LINE_H

#include <libpmem2/backend.h>

#include "words.h"

/* "non-temporal" is a hint here, if anything */
#define STREAMS_REACH_MEMORY 0

#define ISA_NEEDS 0

typedef struct {
	v8 lo, hi;
} v16;

static inline v16 load16(const char *p)
{
	return (v16){load8(p), load8(p + 8)};
}

static inline void store16(char *p, v16 v)
{
	store8(p, v.lo);
	store8(p + 8, v.hi);
}

static inline v16 splat16(int c)
{
	uint64_t word = (unsigned char)c * UINT64_C(0x0101010101010101);

	return (v16){word, word};
}

#include "halves32.h"

static inline void stream32(char *p, v32 v)
{
	store32(p, v);
}

#include "halves64.h"

static inline void fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* There is no clock that is fine enough: no load is ever slow. */
static inline uint64_t ticks(void)
{
	return 0;
}

#endif
