/* SPDX-License-Identifier: BSD-3-Clause */
/* A thousand transfers behind one call stack, the first of which moves nothing. FAULT 0: within a line; 1: not. */
#include "cases.h"

enum { SECOND = FAULT == 0 ? 1 : 8 };

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		return w[0] + w[SECOND] != 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (uint64_t i = 0; i < 1000; i++) {
		w[0] += i;
		w[SECOND] -= i;
		flush(&w[0], 8);
		if (FAULT != 0)
			flush(&w[SECOND], 8); /* second */
		drain();
	}
	return 0;
}
