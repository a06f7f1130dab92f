/* SPDX-License-Identifier: BSD-3-Clause */
/* hash.h -- a number for bytes. */
#ifndef CRASHTEST_HASH_H
#define CRASHTEST_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* FNV-1a: from HASH_BEGIN, or the number of what comes before. */
static inline uint64_t hash_bytes(uint64_t h, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		h = (h ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
	return h;
}

#endif
