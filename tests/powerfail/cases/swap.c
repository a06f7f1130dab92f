/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words that are set or swapped, as standard input says: "set 1 10", "swap 1 2". "dump" prints them. A swap has an undo
 * log. FAULT 1: it has none, and no order of the two words helps.
 */
#include "cases.h"

enum { LINE = 8, WORDS = 4, SIZE = 4096, VALID = 0, LOG = 8, FIRST = 16 };

static uint64_t *word(uint64_t *w, uint64_t i)
{
	return w + FIRST + i % WORDS * LINE;
}

static void undo(uint64_t *w)
{
	if (w[VALID] == 0)
		return;
	*word(w, w[LOG]) = w[LOG + 1];
	*word(w, w[LOG + 2]) = w[LOG + 3];
}

static void set_valid(uint64_t *w, uint64_t valid)
{
	w[VALID] = valid;
	persist(w, 8);
}

static void swap(uint64_t *w, uint64_t i, uint64_t j)
{
	uint64_t *a = word(w, i), *b = word(w, j), old = *a;

	if (FAULT == 0) {
		const uint64_t log[4] = {i, *a, j, *b};

		memcpy(w + LOG, log, sizeof(log));
		persist(w + LOG, sizeof(log));
		set_valid(w, 1);
	}
	*a = *b;
	*b = old;
	flush(a, 8); /* first */
	flush(b, 8); /* second */
	drain();
	if (FAULT == 0)
		set_valid(w, 0);
}

int main(int argc, char *argv[])
{
	char line[64], *end;

	if (argc < 3)
		return 2;
	if (strcmp(argv[2], "dump") == 0) {
		uint64_t *w = load(argv[1], SIZE);

		undo(w);
		for (uint64_t i = 0; i < WORDS; i++)
			printf("%u\n", (unsigned)*word(w, i));
		return 0;
	}
	uint64_t *w = map_file(argv[1], SIZE);

	while (fgets(line, sizeof(line), stdin) != NULL) {
		uint64_t a = strtoul(line + 5, &end, 10), b = strtoul(end, NULL, 10);

		if (line[1] == 'w') {
			swap(w, a, b);
			continue;
		}
		*word(w, a) = b;
		persist(word(w, a), 8);
	}
	return 0;
}
