/* SPDX-License-Identifier: BSD-3-Clause */
/* At BYTE: what is visible is durable, in the order of stores. FAULT 1: the index comes before the data. */
#include "cases.h"

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		return w[8] > w[0];
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (uint64_t i = 1; i < 4; i++) {
		if (FAULT == 1) {
			w[8] = i;
			drain();
		}
		w[0] = i;
		w[8] = i;
		drain();
	}
	return 0;
}
