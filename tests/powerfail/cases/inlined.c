/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two records, each with a mark that says that it is whole, by helpers that are inlined. FAULT 1: neither record is
 * flushed.
 */
#include "cases.h"

#define INLINED static inline __attribute__((always_inline))

INLINED void make_durable(const void *data, size_t size)
{
	persist(data, size); /* helper */
}

INLINED void put_mark(uint64_t *mark)
{
	*mark = 1;
	make_durable(mark, 8); /* mark */
}

static __attribute__((noinline)) void put_first(uint64_t *w)
{
	w[8] = 7;
	if (FAULT == 0)
		make_durable(&w[8], 8);
	put_mark(&w[0]); /* first */
	w[1] = 1;        /* so that the call before is none in the tail */
}

static __attribute__((noinline)) void put_second(uint64_t *w)
{
	w[24] = 7;
	if (FAULT == 0)
		make_durable(&w[24], 8);
	make_durable(&w[40], 8); /* second: nothing was stored there */
	w[16] = 1;
	make_durable(&w[16], 8);
	w[1] = 2;
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		if ((w[0] != 0 && w[8] != 7) || (w[16] != 0 && w[24] != 7))
			fails("a record is not whole");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	put_first(w);
	put_second(w);
	persist(&w[0], 64);
	return 0;
}
