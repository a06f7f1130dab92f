/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * probe PATH [BYTE | CACHE_LINE | PAGE] -- maps a file (made if it is not there) or a device,
 * asking for no more than the granularity named (PAGE), and prints what the library returns in one
 * line:
 *
 *	GRANULARITY VARIANT		the map's, after stores through every function of it
 *	refused CODE MESSAGE
 *
 * PROBE_SIZE is the file's size in bytes (4 MiB).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libpmem2.h>

static const char *const granularity_names[] = {
	[PMEM2_GRANULARITY_BYTE] = "BYTE",
	[PMEM2_GRANULARITY_CACHE_LINE] = "CACHE_LINE",
	[PMEM2_GRANULARITY_PAGE] = "PAGE",
};

static enum pmem2_granularity granularity(const char *name)
{
	for (int g = PMEM2_GRANULARITY_BYTE; g <= PMEM2_GRANULARITY_PAGE; g++) {
		if (strcmp(name, granularity_names[g]) == 0)
			return (enum pmem2_granularity)g;
	}
	fprintf(stderr, "probe: no granularity %s\n", name);
	exit(2);
}

static const char *code_name(int code, char *buffer, size_t size)
{
	switch (code) {
	case PMEM2_E_GRANULARITY_NOT_SUPPORTED:
		return "GRANULARITY_NOT_SUPPORTED";
	case PMEM2_E_BACKEND:
		return "BACKEND";
	case PMEM2_E_NOSUPP:
		return "NOSUPP";
	default:
		snprintf(buffer, size, "%d", code);
		return buffer;
	}
}

static int refused(int code)
{
	char number[16];

	printf("refused %s %s\n", code_name(code, number, sizeof(number)), pmem2_errormsg());
	return 0;
}

static int open_storage(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	const char *given = getenv("PROBE_SIZE");
	off_t size = given ? strtoll(given, NULL, 10) : (off_t)4 << 20;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) != 0 ||
		(S_ISREG(status.st_mode) && ftruncate(fd, size) != 0)) {
		fprintf(stderr, "probe: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return fd;
}

/* Stores by every way there is, and reads them back; a fault or an abort is a result too. */
static int use(struct pmem2_map *map)
{
	char *start = pmem2_map_get_address(map);
	char pattern[5000];

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (char)(i * 7);
	pmem2_get_memcpy_fn(map)(start + 13, pattern, sizeof(pattern), 0);
	pmem2_get_memmove_fn(map)(start + 8192, start + 13, sizeof(pattern), PMEM2_F_MEM_NODRAIN);
	pmem2_get_memset_fn(map)(start + 16384, 0x5a, sizeof(pattern), PMEM2_F_MEM_NOFLUSH);
	pmem2_get_flush_fn(map)(start + 16384, sizeof(pattern));
	pmem2_get_drain_fn(map)();
	start[32768] = 1;
	pmem2_get_persist_fn(map)(start + 32768, 1);

	if (memcmp(start + 13, pattern, sizeof(pattern)) != 0 ||
		memcmp(start + 8192, pattern, sizeof(pattern)) != 0 || start[16384] != 0x5a ||
		start[16384 + sizeof(pattern) - 1] != 0x5a) {
		printf("the stores are not there\n");
		return 1;
	}
	int rc = pmem2_deep_flush(map, start, pmem2_map_get_size(map));

	if (rc != 0)
		printf("deep flush %d %s\n", rc, pmem2_errormsg());
	return rc != 0;
}

int main(int argc, char *argv[])
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: probe PATH [BYTE | CACHE_LINE | PAGE]\n");
		return 2;
	}
	struct pmem2_config *config;
	struct pmem2_source *source;
	struct pmem2_map *map;
	int rc;

	if ((rc = pmem2_source_from_fd(&source, open_storage(argv[1]))) != 0 ||
		(rc = pmem2_config_new(&config)) != 0 ||
		(rc = pmem2_config_set_required_store_granularity(config,
			 granularity(argc > 2 ? argv[2] : "PAGE"))) != 0 ||
		(rc = pmem2_map_new(&map, config, source)) != 0)
		return refused(rc);
	if (use(map) != 0)
		return 1;
	printf("%s %s\n", granularity_names[pmem2_map_get_store_granularity(map)],
		pmem2_map_get_backend_name(map));
	pmem2_map_delete(&map);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	return 0;
}
