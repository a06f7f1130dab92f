/* SPDX-License-Identifier: BSD-3-Clause */
/* 200 lines by one drain: line k counts if all before it are there. FAULT 1: line 151 is a part of line 150. */
#include "cases.h"

enum { LINES = 200 };

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], LINES * 64);

		for (int i = 0; i < LINES && w[8 * i] != 0; i++)
			if (FAULT == 1 && i == 150 && w[8 * 151] == 0)
				fails("half");
		return 0;
	}
	uint64_t *w = map_file(argv[1], LINES * 64);

	for (int i = 0; i < LINES; i++)
		w[8 * i] = 1;
	persist(w, LINES * 64); /* all */
	return 0;
}
