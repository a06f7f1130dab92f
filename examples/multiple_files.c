/* SPDX-License-Identifier: BSD-3-Clause */
/* multiple_files.c -- several files, one flush function and one drain for all of them. */
#include "example.h"

enum { SIZE = 64 << 10, MAX = 16 };

int main(int argc, char *argv[])
{
	struct pmem2_map *maps[MAX];
	int count = argc - 1;

	if (count < 1 || count > MAX || wants_help(argc, argv)) {
		fprintf(stderr, "usage: multiple_files FILE...   1 to %d files, marked together\n",
			MAX);
		return wants_help(argc, argv) ? 0 : 2;
	}
	for (int i = 0; i < count; i++)
		maps[i] = map_file(argv[1 + i], SIZE, NULL, 0);

	/*
	 * The functions belong to a granularity, not to a map: where the granularity is one, any
	 * map's will do for all, and a drain waits for the flushes of this thread, whatever they
	 * were of.
	 */
	pmem2_flush_fn flush = pmem2_get_flush_fn(maps[0]);
	pmem2_drain_fn drain = pmem2_get_drain_fn(maps[0]);

	for (int i = 0; i < count; i++) {
		if (pmem2_get_flush_fn(maps[i]) != flush) {
			fprintf(stderr,
				"%s has granularity %s, but %s has %s: name files of one kind\n",
				argv[1 + i], granularity_name(maps[i]), argv[1],
				granularity_name(maps[0]));
			return 1;
		}

		char *mark = pmem2_map_get_address(maps[i]);

		snprintf(mark, 64, "file %d of %d", i + 1, count);
		flush(mark, 64);
	}
	drain();

	for (int i = 0; i < count; i++) {
		printf("%s: \"%s\" (granularity %s, variant %s)\n", argv[1 + i],
			(char *)pmem2_map_get_address(maps[i]), granularity_name(maps[i]),
			pmem2_map_get_backend_name(maps[i]));
		if (pmem2_map_delete(&maps[i]))
			return 1;
	}
	return 0;
}
