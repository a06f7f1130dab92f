/* SPDX-License-Identifier: BSD-3-Clause */
/* files.h -- which file a mapping shows, and what that held before the program's first store. */
#ifndef POWERFAIL_FILES_H
#define POWERFAIL_FILES_H

#include "engine.h"
#include "powerfail/medium.h"

/*
 * Fills in identity, path and size of the file that a mapping shows, and the map's offset in it. fd:
 * of the file, or -1. false: what is stored there ends with the process.
 */
bool pmem2_pf_files_identify(struct pf_map *map, int fd, struct pf_medium *wanted);

/* A descriptor, for reading, of the file that is mapped at an address; -1: it cannot be had. */
int pmem2_pf_files_open(const void *address);

/* Whether the memory of a map still shows its file. */
bool pmem2_pf_files_is_shown(const struct pf_map *map);

/* The file of that identity, if it was mapped before; or NULL. Under the engine's lock. */
struct pf_medium *pmem2_pf_files_find(const struct pf_identity *id);

/* Follows a file from now on: NULL with *error = -errno. Under the engine's lock. */
struct pf_medium *pmem2_pf_files_add(const struct pf_medium *wanted, const struct pf_map *map,
	int fd, int *error);

#endif
