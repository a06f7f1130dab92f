/* SPDX-License-Identifier: BSD-3-Clause */
/* How AArch64 moves 16, 32 and 64 bytes: Advanced SIMD, which every AArch64 Linux has. */
#ifndef PMEM2_ARM_LINE_H
#define PMEM2_ARM_LINE_H

#include <arm_neon.h>
#include <libpmem2/backend.h>

#include "words.h"

/* "non-temporal" is a hint here, if anything */
#define STREAMS_REACH_MEMORY 0

#define ISA_NEEDS PMEM2_CPU_NEON

typedef uint8x16_t v16;

static inline v16 load16(const char *p)
{
	return vld1q_u8((const uint8_t *)p);
}

static inline void store16(char *p, v16 v)
{
	vst1q_u8((uint8_t *)p, v);
}

static inline v16 splat16(int c)
{
	return vdupq_n_u8((uint8_t)c);
}

#include "halves32.h"

/* "non-temporal" stores are a hint: the bytes may stay in any cache, and no fence moves them out */
static inline void stream32(char *p, v32 v)
{
	__asm__ volatile("stnp %q1, %q2, [%0]" : : "r"(p), "w"(v.lo), "w"(v.hi) : "memory");
}

#include "halves64.h"

/*
 * Waits until this thread's cache maintenance is complete. DMB would order it, and not
 * wait (Arm ARM, DSB).
 */
static inline void fence(void)
{
	__asm__ volatile("dsb sy" ::: "memory");
}

/* There is no clock that is fine enough: no load is ever slow. */
static inline uint64_t ticks(void)
{
	return 0;
}

#endif
