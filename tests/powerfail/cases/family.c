/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A record that a child persists, and a mark of the parent that says that it is whole. FAULT 1: the mark is set before
 * the child persists the record; 2: the child stores more, and nobody persists that; 3: the parent does, when the child
 * has ended, which is right.
 */
#include <sys/wait.h>

#include "cases.h"

int main(int argc, char *argv[])
{
	int gate[2];

	if (argc < 3)
		return 2;
	if (is_check(argv)) {
		const uint64_t *w = load(argv[1], 4096);

		if (w[0] != 0 && w[8] != 7)
			fails("the record is not whole");
		return 0;
	}
	uint64_t *w = map_file(argv[1], 4096);

	w[8] = 7;
	if (pipe(gate) != 0)
		return 3;
	pid_t pid = fork();
	if (pid == 0) {
		char go;

		close(gate[1]);
		if (FAULT == 1 && read(gate[0], &go, 1) != 0)
			return 3;
		persist(&w[8], 8);
		if (FAULT >= 2)
			w[16] = 9;
		exit(0);
	}
	if (FAULT != 1)
		waitpid(pid, NULL, 0);
	if (FAULT == 3)
		persist(&w[16], 8);
	w[0] = 1;
	persist(&w[0], 8); /* mark */
	close(gate[1]);
	waitpid(pid, NULL, 0);
	return 0;
}
