/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages with a checksum, and a root that names the one that counts. FAULT 1: a page is changed in place; 2: the root is
 * durable before its page.
 */
#include "cases.h"

enum { WORDS = 32, PAGES = 3, FIRST = WORDS };

static uint64_t checksum(const uint64_t *page)
{
	uint64_t sum = 1;

	for (int i = 0; i < WORDS - 1; i++)
		sum = sum * 0x9e3779b97f4a7c15 + page[i];
	return sum;
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096), *page = w + FIRST + WORDS * (w[0] - 1);

		if (w[0] != 0 && page[WORDS - 1] != checksum(page))
			fails("the page is torn");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096), *now = w + FIRST;

	for (uint64_t i = 1; i <= 12; i++) {
		uint64_t number = FAULT == 1 ? 0 : i % PAGES, *page = w + FIRST + WORDS * number;

		if (page != now)
			memcpy(page, now, WORDS * sizeof(*page));
		page[2 * i] = i * i;
		page[WORDS - 1] = checksum(page);
		if (FAULT != 2)
			persist(page, WORDS * sizeof(*page)); /* page */
		w[0] = number + 1;
		persist(&w[0], 8); /* root */
		if (FAULT == 2)
			persist(page, WORDS * sizeof(*page));
		now = page;
	}
	return 0;
}
