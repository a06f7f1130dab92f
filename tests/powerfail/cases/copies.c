/* SPDX-License-Identifier: BSD-3-Clause */
/* Two copies of two lines, each with a checksum, and how many were written. FAULT 1: that is durable before the copy. */
#include "cases.h"

enum { WORDS = 16 };

static uint64_t checksum(const uint64_t *copy)
{
	uint64_t sum = 1;

	for (int i = 0; i < WORDS - 1; i++)
		sum = sum * 0x9e3779b97f4a7c15 + copy[i];
	return sum;
}

static void count(uint64_t *done, uint64_t i)
{
	*done = i;
	persist(done, 8); /* done */
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);
		uint64_t newest = 0;

		for (int i = 0; i < 2; i++)
			if (w[WORDS * i + WORDS - 1] == checksum(w + WORDS * i) &&
				w[WORDS * i] > newest)
				newest = w[WORDS * i];
		if (newest < w[2 * WORDS])
			fails("a copy is not there");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (uint64_t i = 1; i <= 15; i++) {
		uint64_t *copy = w + WORDS * (i % 2);

		if (FAULT == 1)
			count(&w[2 * WORDS], i);
		for (uint64_t k = 1; k < WORDS - 1; k++)
			copy[k] = i * k;
		copy[0] = i;
		copy[WORDS - 1] = checksum(copy);
		persist(copy, WORDS * sizeof(*copy)); /* copy */
		if (FAULT == 0)
			count(&w[2 * WORDS], i);
	}
	return 0;
}
