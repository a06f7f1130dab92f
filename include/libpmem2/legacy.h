/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2/legacy.h -- the API as it stood in 2019, when a config held the file.
 *
 * For programs written against pmem2_map(config, &map). New code uses a source
 * (pmem2_source_from_fd) and pmem2_map_new. Each function here is the older
 * spelling of one of those; thread-safety and ownership are theirs.
 *
 * In C++ the structure is "struct pmem2_map" where this header is included: its
 * bare name is the function.
 */
#ifndef LIBPMEM2_LEGACY_H
#define LIBPMEM2_LEGACY_H 1

#include <libpmem2/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/*
 * Names the file that pmem2_map will map. The descriptor is checked as by
 * pmem2_source_from_fd, is not duplicated and stays the caller's; a negative
 * one unsets the file. The last one set counts.
 *
 * Errors: those of pmem2_source_from_fd; the descriptor set before is kept.
 */
int pmem2_config_set_fd(struct pmem2_config *cfg, int fd);

/*
 * The size of the config's file, in bytes.
 *
 * Errors: PMEM2_E_FILE_HANDLE_NOT_SET without a descriptor; those of
 * pmem2_source_size.
 */
int pmem2_config_get_file_size(const struct pmem2_config *cfg, size_t *size);

/*
 * The alignment, in bytes, that offset and length of a mapping of the config's
 * file must have.
 *
 * Errors: PMEM2_E_FILE_HANDLE_NOT_SET without a descriptor; those of
 * pmem2_source_alignment.
 */
int pmem2_config_get_alignment(const struct pmem2_config *cfg, size_t *alignment);

/*
 * pmem2_map_new on the config's file. If no granularity was set, any is
 * accepted.
 *
 * Errors: PMEM2_E_FILE_HANDLE_NOT_SET without a descriptor; those of
 * pmem2_map_new.
 */
int pmem2_map(const struct pmem2_config *cfg, struct pmem2_map **map);

/*
 * pmem2_map_delete for maps of pmem2_map: *map is NULL afterwards.
 *
 * Errors: those of pmem2_map_delete.
 */
int pmem2_unmap(struct pmem2_map **map);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
