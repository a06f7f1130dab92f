/* SPDX-License-Identifier: BSD-3-Clause */
/* Two pairs go through one function. FAULT 1: the first is not ordered, and the second half of the second not flushed. */
#include "cases.h"

static __attribute__((noinline)) void commit(uint64_t *a, uint64_t *b, int flush_b)
{
	flush(a, 8); /* a */
	if (FAULT == 0)
		drain();
	flush(flush_b ? b : a, 8); /* b */
	drain();                   /* commit */
	__asm__ volatile("");      /* the call above is not the last thing: it keeps its line */
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		if (w[8] > w[0])
			fails("pair 1: the index is ahead of the data");
		if (w[16] > w[24])
			fails("pair 2: data without its end");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (uint64_t i = 1; i < 6; i++) {
		int first = (int)(i % 2);
		uint64_t *a = first ? w : w + 16, *b = first ? w + 8 : w + 24;

		if (FAULT == 0) {
			*(first ? a : b) = i;
			persist(first ? a : b, 8);
		}
		*a = i;
		*b = i;
		commit(a, b, first);
	}
	persist(w + 24, 8);
	return 0;
}
