/* SPDX-License-Identifier: BSD-3-Clause */
/* 64 bytes as two of 32, where no register holds them. */
#ifndef PMEM2_HALVES64_H
#define PMEM2_HALVES64_H

typedef struct {
	v32 lo, hi;
} v64;

static inline v64 load64(const char *p)
{
	return (v64){load32(p), load32(p + 32)};
}

static inline void store64(char *p, v64 v)
{
	store32(p, v.lo);
	store32(p + 32, v.hi);
}

static inline void stream64(char *p, v64 v)
{
	stream32(p, v.lo);
	stream32(p + 32, v.hi);
}

static inline v64 splat64(int c)
{
	return (v64){splat32(c), splat32(c)};
}

#endif
