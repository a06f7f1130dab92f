/* SPDX-License-Identifier: BSD-3-Clause */
/* At PAGE: two lines that change together. FAULT 0: in one sector of 512 bytes; 1: in two. */
#include "cases.h"

enum { FIRST = FAULT == 0 ? 0 : 56, SECOND = FIRST + 8 };

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		return w[FIRST] != w[SECOND];
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (uint64_t i = 1; i < 4; i++) {
		w[FIRST] = i;
		w[SECOND] = i;
		persist(w, 4096); /* both */
	}
	return 0;
}
