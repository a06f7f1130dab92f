/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A ring of records that lie astride lines, with head and tail. FAULT 1: of a record only the first word is flushed: the
 * next record's flush mostly covers the rest, too late.
 */
#include "cases.h"

enum { RECORD = 9, SLOTS = 32, HEAD = 0, TAIL = 8, FIRST = 16 };

static uint64_t *record(uint64_t *w, uint64_t i)
{
	return w + FIRST + RECORD * (i % SLOTS);
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		uint64_t *w = load(argv[1], 8192);

		for (uint64_t i = w[HEAD]; i < w[TAIL]; i++)
			if (record(w, i)[3] != (i ^ record(w, i)[0] ^ record(w, i)[1]))
				fails("a record is not there");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 8192);

	for (uint64_t i = 0; i < 40; i++) {
		uint64_t *r = record(w, i);

		if (w[TAIL] - w[HEAD] == 20) {
			w[HEAD] += 10;
			persist(&w[HEAD], 8);
		}
		r[0] = i + 1;
		r[1] = i * 7;
		r[2] = i * 13 + 1;
		r[3] = i ^ r[0] ^ r[1];
		persist(r, FAULT == 0 ? RECORD * sizeof(*r) : sizeof(*r)); /* record */
		w[TAIL] = i + 1;
		persist(&w[TAIL], 8);
	}
	return 0;
}
