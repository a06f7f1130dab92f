/* SPDX-License-Identifier: BSD-3-Clause */
/* Two words have a constant sum, guarded by an undo log. FAULT 1: the log becomes durable after they were changed. */
#include "cases.h"

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		uint64_t *w = load(argv[1], 4096);

		if (w[16] != 0) {
			w[0] = w[17];
			w[8] = w[18];
		}
		return w[0] + w[8] != 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	w[17] = w[0];
	w[18] = w[8];
	if (FAULT == 0) {
		w[16] = 1;
		persist(&w[16], 24);
	}
	w[0] -= 1;
	w[8] += 1;
	if (FAULT == 1) {
		w[16] = 1;
		persist(&w[16], 24); /* log */
	}
	flush(&w[0], 8);
	flush(&w[8], 8);
	drain();
	w[16] = 0;
	persist(&w[16], 8);
	return 0;
}
