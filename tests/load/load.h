/* SPDX-License-Identifier: BSD-3-Clause */
/* load.h -- what the load tests share. */
#ifndef TEST_LOAD_H
#define TEST_LOAD_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libpmem2.h>

#include "../must.h"

/* A deleted file in the working directory, sparse. */
static inline int load_file(off_t size)
{
	char path[] = "load-XXXXXX";
	int fd = mkstemp(path);

	MUST(fd >= 0 && unlink(path) == 0 && ftruncate(fd, size) == 0);
	return fd;
}

static inline struct pmem2_source *load_source(int fd)
{
	struct pmem2_source *src;

	MUST(pmem2_source_from_fd(&src, fd) == 0);
	return src;
}

static inline struct pmem2_config *load_config(void)
{
	struct pmem2_config *cfg;

	MUST(pmem2_config_new(&cfg) == 0);
	MUST(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE) == 0);
	return cfg;
}

/* How much of it: PMEM2_TEST_LOAD, or what CI has time for. */
static inline size_t load_amount(size_t usual)
{
	const char *given = getenv("PMEM2_TEST_LOAD");

	return given != NULL ? strtoull(given, NULL, 0) : usual;
}

/* A number of /proc/self/status, e.g. "VmSize:" in kB. */
static inline long load_status(const char *key)
{
	char line[256];
	long value = -1;
	FILE *status = fopen("/proc/self/status", "r");

	MUST(status != NULL);
	while (value < 0 && fgets(line, sizeof(line), status) != NULL)
		if (sscanf(line, key, &value) != 1)
			value = -1;
	fclose(status);
	return value;
}

#endif
