/* SPDX-License-Identifier: BSD-3-Clause */
/* Two lines have to change together. FAULT 1: there is no log; 2: likewise, and a drain is between; 0: one line. */
#include "cases.h"

enum { SECOND = FAULT == 0 ? 1 : 8 };

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		if (w[0] > w[SECOND])
			fails("a link leads nowhere");
		if (w[0] < w[SECOND])
			fails("nobody knows of that node");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	w[0] = 1;
	if (FAULT != 0)
		flush(&w[0], 8); /* first */
	if (FAULT == 2)
		drain();
	w[SECOND] = 1;
	flush(&w[SECOND], 8); /* second */
	drain();
	return 0;
}
