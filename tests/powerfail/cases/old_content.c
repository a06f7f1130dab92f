/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A name that an earlier run left, and a flag that is set while the program works. FAULT 1: nothing resets the flag, so that
 * the checker fails on all that is left. Without the name it fails as well, in another way.
 */
#include "cases.h"

enum { FLAG = 0, NAME = 8, WORDS = 1024 };

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		uint64_t *w = load(argv[1], WORDS * sizeof(*w));

		if (w[NAME] != 4711)
			fails("there is no name");
		if (w[FLAG] == 2)
			fails("the flag is set");
		return 0;
	}
	uint64_t *w = map_file(argv[1], WORDS * sizeof(*w));

	if (w[NAME] == 0) {
		w[NAME] = 4711;
		persist(&w[NAME], 8);
		return 0;
	}
	w[FLAG] = FAULT + 1;
	persist(&w[FLAG], 8);
	return 0;
}
