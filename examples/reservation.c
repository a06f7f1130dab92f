/* SPDX-License-Identifier: BSD-3-Clause */
/* reservation.c -- two files mapped side by side, used as one range. */
#include "example.h"

enum { HALF = 64 << 10 };

int main(int argc, char *argv[])
{
	static const char text[] = "this sentence begins in one file and ends in the other";
	struct pmem2_vm_reservation *rsv;

	if (argc != 3 || wants_help(argc, argv)) {
		fprintf(stderr, "usage: reservation FILE1 FILE2   write across their border\n");
		return wants_help(argc, argv) ? 0 : 2;
	}

	/* addresses without memory: nobody else gets them, and maps can be placed there */
	if (pmem2_vm_reservation_new(&rsv, NULL, 2 * HALF)) {
		pmem2_perror("reservation");
		return 1;
	}

	struct pmem2_map *left = map_file(argv[1], HALF, rsv, 0);
	struct pmem2_map *right = map_file(argv[2], HALF, rsv, HALF);
	char *base = pmem2_vm_reservation_get_address(rsv);
	char *across = base + HALF - sizeof(text) / 2;

	/* each file by its own means, for they may be of different kinds */
	memcpy(across, text, sizeof(text));
	pmem2_get_persist_fn(left)(across, sizeof(text) / 2);
	pmem2_get_persist_fn(right)(base + HALF, sizeof(text) - sizeof(text) / 2);

	printf("%p: %s (granularity %s), %p: %s (granularity %s)\n\"%s\"\n",
		pmem2_map_get_address(left), argv[1], granularity_name(left),
		pmem2_map_get_address(right), argv[2], granularity_name(right), across);

	if (pmem2_map_delete(&left) || pmem2_map_delete(&right) ||
		pmem2_vm_reservation_delete(&rsv)) {
		pmem2_perror("reservation");
		return 1;
	}
	return 0;
}
