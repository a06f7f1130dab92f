/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * volatile.h -- bytes of a file that need no flush, such as a lock.
 *
 * They are taken for durable as soon as they are seen: what is durable of a line, and each version of it, has them
 * alike, so that a power cut decides nothing about them.
 */
#ifndef POWERFAIL_VOLATILE_H
#define POWERFAIL_VOLATILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "powerfail/medium.h"

struct pf_range {
	size_t begin, end;
	bool learnt;      /* the caller's: from where it is known */
	uint64_t changes; /* how often it was seen to hold something else */
};

/* In the order of their offsets; none overlaps another. */
struct pf_volatile {
	struct pf_range *range;
	size_t count;
};

/* The bytes [first, end) of a line, which are some: a bit for each. */
static inline uint64_t pmem2_pf_volatile_bits(size_t first, size_t end)
{
	return (end - first == PF_LINE ? UINT64_MAX : (UINT64_C(1) << (end - first)) - 1) << first;
}

/* Which bytes of a line are: a bit for each. */
uint64_t pmem2_pf_volatile_bytes(const struct pf_medium *medium, size_t line);

/* Whether all bytes of the medium in [offset, offset + size) are. */
bool pmem2_pf_volatile_covers(const struct pf_medium *medium, size_t offset, size_t size);

/* Whether two contents of a part of the medium, which begins at an offset, differ in no other byte. */
bool pmem2_pf_volatile_alike(const struct pf_medium *medium, size_t offset, const char *a,
	const char *b, size_t size);

/* Puts such bytes of a line from one content into another; both are whole lines. */
void pmem2_pf_volatile_copy(const struct pf_medium *medium, size_t line, char *to,
	const char *from);

/* Counts the ranges of a line that differ from what is durable. */
void pmem2_pf_volatile_count(const struct pf_medium *medium, size_t line, const char *content);

#endif
