/* SPDX-License-Identifier: BSD-3-Clause */
/* 32 bytes as two of 16, where no register holds them. */
#ifndef PMEM2_HALVES32_H
#define PMEM2_HALVES32_H

typedef struct {
	v16 lo, hi;
} v32;

static inline v32 load32(const char *p)
{
	return (v32){load16(p), load16(p + 16)};
}

static inline void store32(char *p, v32 v)
{
	store16(p, v.lo);
	store16(p + 16, v.hi);
}

static inline v32 splat32(int c)
{
	return (v32){splat16(c), splat16(c)};
}

#endif
