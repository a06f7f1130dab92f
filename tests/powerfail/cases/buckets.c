/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Buckets of a line of bits and entries of a line each. A full bucket's first entry moves to the next bucket: it is there
 * twice until the first one is dropped. FAULT 1: the bit before the entry, from two callers. 2: dropped before it is
 * placed. 3: no entry is flushed.
 */
#include "cases.h"

enum { LINE = 8, BUCKETS = 8, ENTRIES = 4, BUCKET = LINE * (1 + ENTRIES), KEYS = 16, SIZE = 4096 };

static uint64_t *bucket(uint64_t *w, uint64_t i)
{
	return w + LINE + BUCKET * (i % BUCKETS);
}

__attribute__((noinline)) static void set_bit(uint64_t *b, unsigned i)
{
	b[0] |= 1u << i;
	persist(b, 8); /* bit */
}

__attribute__((noinline)) static void place(uint64_t *b, uint64_t key)
{
	unsigned i = (unsigned)__builtin_ctzll(~b[0]);

	if (FAULT == 1)
		set_bit(b, i);
	b[LINE * (1 + i)] = key;
	if (FAULT != 3)
		persist(&b[LINE * (1 + i)], 8); /* entry */
	if (FAULT != 1)
		set_bit(b, i);
}

static void drop(uint64_t *b)
{
	b[0] &= ~1ull;
	persist(b, 8); /* drop */
}

static void move(uint64_t *w, uint64_t i)
{
	uint64_t *b = bucket(w, i), key = b[LINE];

	if (FAULT == 2)
		drop(b);
	place(bucket(w, i + 1), key); /* moved */
	if (FAULT != 2)
		drop(b);
}

static void check(uint64_t *w)
{
	char found[KEYS + 1] = "";

	for (uint64_t i = 0; i < BUCKETS; i++)
		for (unsigned j = 0; j < ENTRIES; j++) {
			uint64_t key = bucket(w, i)[LINE * (1 + j)];

			if ((bucket(w, i)[0] >> j & 1) == 0)
				continue;
			if (key == 0 || key > KEYS)
				fails("an entry is not there");
			found[key] = 1;
		}
	for (uint64_t key = 1; key <= w[0] && key <= KEYS; key++)
		if (!found[key])
			fails("a key has gone");
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		check(load(argv[1], SIZE));
		return 0;
	}
	uint64_t *w = map_file(argv[1], SIZE);

	for (uint64_t key = 1; key <= KEYS; key++) {
		if (bucket(w, key % 4 * 2)[0] == 7)
			move(w, key % 4 * 2);
		place(bucket(w, key % 4 * 2), key); /* new */
		w[0] = key;
		persist(w, 8);
	}
	return 0;
}
