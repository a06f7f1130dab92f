/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * intake.c -- takes lines until the storage fails, and then ends in good order.
 *
 * Each line goes into a slot of its own and is acknowledged when it is durable. If a flush fails, the kernel may
 * have dropped what was stored, and says so once: this program stores nothing more, goes on reading its input
 * only to count what it refuses, says which lines are durable, and ends with 3. It trusts none of the
 * mapped content after the failure, not even to print it.
 *
 * The next run sees what the page cache has, which need not be on the storage: a page whose writing failed
 * is clean, and msync(2) passes over it. So it stores again what it finds, and goes on after that.
 */
#include "example.h"

#include <libpmem2/extra.h>
#include <stdint.h>

enum { SLOT = 128, TEXT = SLOT - 8, SLOTS = 1024 };

/* number is stored last: a slot counts once it is durable. */
struct slot {
	uint64_t number; /* from 1; 0: free */
	char text[TEXT];
};

static size_t find_end(const struct slot *slots)
{
	size_t n = 0;

	while (n < SLOTS && slots[n].number == n + 1)
		n++;
	return n;
}

/* Makes sure that what is found is on the storage. */
static int restore(struct pmem2_map *map, struct slot *slots, size_t count)
{
	struct slot *copy = malloc((count + 1) * sizeof(*copy));

	if (copy == NULL)
		return -1;
	memcpy(copy, slots, count * sizeof(*copy));
	int ret = pmem2_map_memmove(map, slots, copy, count * sizeof(*copy), 0);
	free(copy);
	return ret;
}

/* 0, or an error: the line is then in doubt until the next run. */
static int take(struct pmem2_map *map, struct slot *slot, uint64_t number, const char *line)
{
	char text[TEXT] = "";

	memcpy(text, line, strnlen(line, sizeof(text) - 1));
	int ret = pmem2_map_memmove(map, slot->text, text, sizeof(text), 0);
	if (ret != 0)
		return ret;

	return pmem2_map_memmove(map, &slot->number, &number, sizeof(number), 0);
}

int main(int argc, char *argv[])
{
	char line[4096];
	size_t refused = 0;
	int error = 0;

	if (argc != 2 || wants_help(argc, argv)) {
		printf("usage: intake FILE   takes up to %d lines of standard input\n", SLOTS);
		return argc == 2 ? 0 : 2;
	}

	struct pmem2_map *map = map_file(argv[1], SLOTS * sizeof(struct slot), NULL, 0);
	struct slot *slots = pmem2_map_get_address(map);
	size_t taken = find_end(slots);

	if (restore(map, slots, taken) != 0) {
		pmem2_perror("intake: %s", argv[1]);
		return 3;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (error != 0 || taken == SLOTS) {
			refused++;
			continue;
		}
		error = take(map, &slots[taken], taken + 1, line);
		if (error != 0) {
			pmem2_perror("intake: line %zu", taken + 1);
			refused++;
			continue;
		}
		taken++;
		printf("ack %zu\n", taken);
	}

	printf("%zu lines are durable, %zu were refused\n", taken, refused);
	pmem2_map_delete(&map);
	return error != 0 ? 3 : refused > 0 ? 1 : 0;
}
