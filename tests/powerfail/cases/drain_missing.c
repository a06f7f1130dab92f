/* SPDX-License-Identifier: BSD-3-Clause */
/* A mark stands for data. FAULT 1: no drain is between the two; 2: likewise, and another persist comes before them. */
#include "cases.h"

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		return w[8] != 0 && w[0] == 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	w[0] = 1;
	if (FAULT == 2) {
		w[16] = 1;
		persist(&w[16], 8);
	}
	flush(&w[0], 8); /* data */
	if (FAULT == 0)
		drain();
	w[8] = 1;
	flush(&w[8], 8); /* mark */
	drain();
	return 0;
}
