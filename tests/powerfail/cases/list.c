/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nodes, and a head that leads to the last. FAULT 1: nodes are not flushed; 2: the pointer is, and not the node;
 * 3: a part of the node is stored after its flush; 4: the head comes first.
 */
#include "cases.h"

int main(int argc, char *argv[])
{
	enum { SIZE = 8 * 1024 };

	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], SIZE);

		if (w[0] > 100 || (w[0] != 0 && w[8 * w[0] + 1] != 21 * w[0]))
			fails("the node is not whole");
		return 0;
	}
	uint64_t *w = map_file(argv[1], SIZE);

	for (uint64_t i = 1; i <= 5; i++) {
		uint64_t *node = &w[8 * i];

		if (FAULT == 4) {
			w[0] = i;
			persist(&w[0], 8); /* head first */
		}
		node[0] = 7 * i;
		if (FAULT == 3)
			flush(node, 16); /* early */
		node[1] = 21 * i;
		if (FAULT == 2)
			flush(&node, sizeof(node)); /* astray */
		if (FAULT == 0 || FAULT == 4)
			flush(node, 16);
		drain(); /* node */
		w[0] = i;
		persist(&w[0], 8); /* head */
	}
	return 0;
}
