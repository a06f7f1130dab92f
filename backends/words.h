/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loads and stores of 1, 2, 4 and 8 bytes at any address, one instruction each.
 *
 * The types may alias whatever the program keeps there. An aligned 8-byte value is stored by one
 * instruction, which is what keeps it from being torn.
 */
#ifndef PMEM2_WORDS_H
#define PMEM2_WORDS_H

#include <stdint.h>

typedef uint8_t v1;
typedef uint16_t v2;
typedef uint32_t v4;
typedef uint64_t v8;

typedef uint8_t any8 __attribute__((may_alias));
typedef uint16_t any16 __attribute__((may_alias, aligned(1)));
typedef uint32_t any32 __attribute__((may_alias, aligned(1)));
typedef uint64_t any64 __attribute__((may_alias, aligned(1)));

static inline v1 load1(const char *p)
{
	return *(const any8 *)p;
}

static inline v2 load2(const char *p)
{
	return *(const any16 *)p;
}

static inline v4 load4(const char *p)
{
	return *(const any32 *)p;
}

static inline v8 load8(const char *p)
{
	return *(const any64 *)p;
}

static inline void store1(char *p, v1 v)
{
	*(any8 *)p = v;
}

static inline void store2(char *p, v2 v)
{
	*(any16 *)p = v;
}

static inline void store4(char *p, v4 v)
{
	*(any32 *)p = v;
}

static inline void store8(char *p, v8 v)
{
	*(any64 *)p = v;
}

/* A load that is done, although nobody needs the value. */
static inline void touch(const char *p)
{
	(void)*(const volatile char *)p;
}

#endif
