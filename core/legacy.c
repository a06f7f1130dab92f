/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * legacy.c -- the API of 2019 over today's.
 *
 * What PMDK's library does not have is weak, here and elsewhere: a program that is linked to the static
 * library may have functions of these names.
 */
#include <libpmem2/legacy.h>

#include "config.h"
#include "error.h"

__attribute__((weak)) int pmem2_config_set_fd(struct pmem2_config *cfg, int fd)
{
	struct pmem2_source file = {.fd = -1};

	if (fd >= 0) {
		int ret = pmem2_source_init(&file, fd);
		if (ret != 0)
			return ret;
	}

	cfg->file = file;
	return 0;
}

static int check_file(const struct pmem2_config *cfg)
{
	if (cfg->file.fd < 0)
		return pmem2_err(PMEM2_E_FILE_HANDLE_NOT_SET,
			"the config has no file: call pmem2_config_set_fd");

	return 0;
}

__attribute__((weak)) int pmem2_config_get_file_size(const struct pmem2_config *cfg, size_t *size)
{
	int ret = check_file(cfg);

	return ret != 0 ? ret : pmem2_source_size(&cfg->file, size);
}

__attribute__((weak)) int pmem2_config_get_alignment(const struct pmem2_config *cfg,
	size_t *alignment)
{
	int ret = check_file(cfg);

	return ret != 0 ? ret : pmem2_source_alignment(&cfg->file, alignment);
}

__attribute__((weak)) int pmem2_map(const struct pmem2_config *cfg, struct pmem2_map **map)
{
	struct pmem2_config any = *cfg;

	*map = NULL;
	int ret = check_file(cfg);
	if (ret != 0)
		return ret;

	if (!any.granularity_set) {
		any.granularity_set = true;
		any.granularity = PMEM2_GRANULARITY_PAGE;
	}
	return pmem2_map_new(map, &any, &cfg->file);
}

__attribute__((weak)) int pmem2_unmap(struct pmem2_map **map)
{
	return pmem2_map_delete(map);
}
