/* SPDX-License-Identifier: BSD-3-Clause */
/* copy_flags.c -- who flushes and who drains: memcpy and memset with flags. */
#include "example.h"

enum { SIZE = 1 << 20, NAME = 64, TABLE = 4096, BULK = 512 << 10 };

int main(int argc, char *argv[])
{
	static const char name[] = "copied and durable when memcpy returns";
	static unsigned char bulk[BULK];

	if (argc != 2 || wants_help(argc, argv)) {
		fprintf(stderr,
			"usage: copy_flags FILE   overwrite FILE by copies of four kinds\n");
		return wants_help(argc, argv) ? 0 : 2;
	}

	struct pmem2_map *map = map_file(argv[1], SIZE, NULL, 0);
	pmem2_memcpy_fn copy = pmem2_get_memcpy_fn(map);
	pmem2_memset_fn set = pmem2_get_memset_fn(map);
	char *base = pmem2_map_get_address(map);
	char *table = base + TABLE;

	/* no flags: one call does it all */
	copy(base, name, sizeof(name), 0);

	/* several pieces, one wait: each is flushed, the drain is at the end */
	for (int i = 0; i < 16; i++) {
		char entry[NAME];
		int length = snprintf(entry, sizeof(entry), "entry %d", i);

		copy(table + i * NAME, entry, (size_t)length + 1, PMEM2_F_MEM_NODRAIN);
	}
	pmem2_get_drain_fn(map)();

	/* fields of one structure: stored as they come, flushed together, each line once */
	copy(table + 16 * NAME, "left", 5, PMEM2_F_MEM_NOFLUSH);
	copy(table + 16 * NAME + 8, "right", 6, PMEM2_F_MEM_NOFLUSH);
	pmem2_get_persist_fn(map)(table + 16 * NAME, NAME);

	/* much that nobody reads soon: a hint to leave the caches alone */
	set(bulk, 0xa5, sizeof(bulk), PMEM2_F_MEM_NOFLUSH);
	copy(base + BULK, bulk, sizeof(bulk), PMEM2_F_MEM_NONTEMPORAL);

	printf("%s: \"%s\", \"%s\" to \"%s\", \"%s %s\", %d bytes of 0x%02x (variant %s)\n",
		argv[1], base, table, table + 15 * NAME, table + 16 * NAME, table + 16 * NAME + 8,
		BULK, (unsigned char)base[SIZE - 1], pmem2_map_get_backend_name(map));
	return pmem2_map_delete(&map) ? 1 : 0;
}
