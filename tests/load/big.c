/* SPDX-License-Identifier: BSD-3-Clause */
/* big.c -- a file of 1 TiB mapped at its end, and lengths above 4 GiB flushed and set. */
#include <errno.h>
#include <string.h>

#include "load.h"

static const size_t gib = (size_t)1 << 30;

static void at_the_end_of_a_tebibyte(void)
{
	size_t size = 1024 * gib, offset = size - 8192;
	int fd = load_file((off_t)size);
	struct pmem2_source *src = load_source(fd);
	struct pmem2_config *cfg = load_config();
	struct pmem2_map *map;
	char text[6];

	MUST(pmem2_config_set_offset(cfg, offset) == 0);
	MUST(pmem2_map_new(&map, cfg, src) == 0);
	MUST(pmem2_map_get_size(map) == 8192);
	pmem2_get_memcpy_fn(map)((char *)pmem2_map_get_address(map) + 8186, "at end", 6, 0);
	MUST(pread(fd, text, 6, (off_t)size - 6) == 6 && memcmp(text, "at end", 6) == 0);
	MUST(pmem2_map_delete(&map) == 0);

	/* and all of it: address space only */
	MUST(pmem2_config_set_offset(cfg, 0) == 0);
	MUST(pmem2_map_new(&map, cfg, src) == 0);
	MUST(pmem2_map_get_size(map) == size);
	MUST((uintptr_t)pmem2_map_get_address(map) % gib == 0);
	MUST(pmem2_deep_flush(map, (char *)pmem2_map_get_address(map) + offset, 8192) == 0);
	MUST(pmem2_map_delete(&map) == 0);

	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	close(fd);
}

static size_t available_memory(void)
{
	char line[256];
	size_t kib = 0;
	FILE *info = fopen("/proc/meminfo", "r");

	MUST(info != NULL);
	while (kib == 0 && fgets(line, sizeof(line), info) != NULL)
		if (sscanf(line, "MemAvailable: %zu", &kib) != 1)
			kib = 0;
	fclose(info);
	return kib * 1024;
}

/* One copy of more than 4 GiB, which is so much memory: at full length alone, scripts/soak.sh. */
static void copy_all(pmem2_memmove_fn move, char *at, size_t size)
{
	char *end = at + 4 * gib;

	if (getenv("PMEM2_TEST_LOAD") == NULL || available_memory() < size + 2 * gib)
		return;
	at[0] = 1;
	end[-100] = 2;
	at[size - 4097] = 3;
	move(at + 4096, at, size - 4096, 0);
	MUST(at[4096] == 1 && end[3996] == 2 && at[size - 1] == 3);
	MUST(at[4097] == 0 && end[3997] == 0 && at[size - 2] == 0);
	printf("# %zu bytes copied\n", size - 4096);
}

/* Anonymous memory that is only read costs none: all of it is flushed, and a little of it is stored. */
static void more_than_four_gibibytes(enum pmem2_granularity granularity)
{
	static char page[4096];
	size_t size = 4 * gib + (64 << 20);
	int fd = load_file(sizeof(page));
	struct pmem2_source *file = load_source(fd), *anon;
	struct pmem2_config *cfg = load_config();
	struct pmem2_map *memory, *functions; /* functions of a granularity work on any memory */

	MUST(pmem2_source_from_anon(&anon, size) == 0);
	MUST(pmem2_map_new(&memory, cfg, anon) == 0);
	MUST(pmem2_map_from_existing(&functions, file, page, sizeof(page), granularity) == 0);

	char *at = pmem2_map_get_address(memory), *end = at + 4 * gib;
	pmem2_get_persist_fn(functions)(at, size);
	pmem2_get_memset_fn(functions)(end + 3, 7, 10000, 0);
	pmem2_get_memmove_fn(functions)(end + 5003, end + 3, 10000, 0);
	MUST(end[2] == 0 && end[3] == 7 && end[15002] == 7 && end[15003] == 0);
	copy_all(pmem2_get_memmove_fn(functions), at, size);

	MUST(pmem2_map_delete(&functions) == 0);
	MUST(pmem2_map_delete(&memory) == 0);
	pmem2_config_delete(&cfg);
	pmem2_source_delete(&anon);
	pmem2_source_delete(&file);
	close(fd);
}

int main(void)
{
	at_the_end_of_a_tebibyte();
#if defined(__x86_64__) /* elsewhere the CPU may have no instruction for it */
	more_than_four_gibibytes(PMEM2_GRANULARITY_BYTE);
	more_than_four_gibibytes(PMEM2_GRANULARITY_CACHE_LINE);
#endif
	more_than_four_gibibytes(PMEM2_GRANULARITY_PAGE);
	return 0;
}
