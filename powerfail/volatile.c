/* SPDX-License-Identifier: BSD-3-Clause */
/* volatile.c -- bytes of a file that need no flush. */
#include "powerfail/volatile.h"

#include <string.h>

/* The first range that ends behind an offset; how many there are: none does. */
static size_t find_range(const struct pf_volatile *v, size_t offset)
{
	size_t low = 0, high = v->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (v->range[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The bytes of a line that begins at an offset that a range has. */
static uint64_t bytes_of(const struct pf_range *range, size_t offset)
{
	size_t first = range->begin > offset ? range->begin - offset : 0;
	size_t end = range->end < offset + PF_LINE ? range->end - offset : PF_LINE;

	return pmem2_pf_volatile_bits(first, end);
}

uint64_t pmem2_pf_volatile_bytes(const struct pf_medium *medium, size_t line)
{
	const struct pf_volatile *v = medium->volatile_bytes;
	size_t offset = line * PF_LINE;
	uint64_t bytes = 0;

	if (v == NULL)
		return 0;
	for (size_t i = find_range(v, offset); i < v->count && v->range[i].begin < offset + PF_LINE;
		i++)
		bytes |= bytes_of(&v->range[i], offset);
	return bytes;
}

bool pmem2_pf_volatile_alike(const struct pf_medium *medium, size_t offset, const char *a,
	const char *b, size_t size)
{
	if (medium->volatile_bytes == NULL)
		return memcmp(a, b, size) == 0;
	for (size_t i = 0; i < size; i++) {
		size_t at = offset + i;

		if (a[i] != b[i] &&
			(pmem2_pf_volatile_bytes(medium, at / PF_LINE) >> at % PF_LINE & 1) == 0)
			return false;
	}
	return true;
}

bool pmem2_pf_volatile_covers(const struct pf_medium *medium, size_t offset, size_t size)
{
	const struct pf_volatile *v = medium->volatile_bytes;
	size_t end = offset + size;

	/* ranges may touch each other */
	for (size_t i = v != NULL ? find_range(v, offset) : 0; v != NULL && offset < end; i++) {
		if (i == v->count || v->range[i].begin > offset)
			return false;
		offset = v->range[i].end;
	}
	return v != NULL;
}

static void copy(uint64_t bytes, char *to, const char *from)
{
	for (int i = 0; i < PF_LINE; i++)
		if ((bytes >> i & 1) != 0)
			to[i] = from[i];
}

void pmem2_pf_volatile_copy(const struct pf_medium *medium, size_t line, char *to, const char *from)
{
	copy(pmem2_pf_volatile_bytes(medium, line), to, from);
}

void pmem2_pf_volatile_count(const struct pf_medium *medium, size_t line, const char *content)
{
	const struct pf_volatile *v = medium->volatile_bytes;
	const char *durable = pmem2_pf_medium_line(medium, line);
	size_t offset = line * PF_LINE;

	for (size_t i = find_range(v, offset); i < v->count && v->range[i].begin < offset + PF_LINE;
		i++) {
		char now[PF_LINE];

		memcpy(now, durable, PF_LINE);
		copy(bytes_of(&v->range[i], offset), now, content);
		v->range[i].changes += memcmp(now, durable, PF_LINE) != 0;
	}
}
