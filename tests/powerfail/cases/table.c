/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of eight lines, made one after another, and which of them counts. FAULT 1: a table is not flushed. */
#include "cases.h"

enum { LINE = 8, LINES = 8, TABLES = 3 };

static uint64_t *table(uint64_t *w, uint64_t i)
{
	return w + LINE * (1 + LINES * (i - 1));
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		uint64_t *w = load(argv[1], 4096);

		for (uint64_t i = 0; w[0] != 0 && i < LINES; i++)
			if (table(w, w[0])[LINE * i] != i + 1)
				fails(i % 2 != 0 ? "an odd slot is empty"
						 : "nothing is at this even one");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	for (uint64_t i = 1; i <= TABLES; i++) {
		for (uint64_t k = 0; k < LINES; k++)
			table(w, i)[LINE * k] = k + 1;
		if (FAULT == 0)
			persist(table(w, i), LINE * LINES * sizeof(*w));
		w[0] = i;
		persist(&w[0], 8); /* switch */
	}
	return 0;
}
