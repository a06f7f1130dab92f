/* SPDX-License-Identifier: BSD-3-Clause */
/* module.h -- loads a plug-in of the library from its directory. */
#ifndef PMEM2_MODULE_H
#define PMEM2_MODULE_H

#include <stddef.h>

/* The directory of backends and ndctl.so: compiled in, or PMEM2_BACKEND_DIR's. */
const char *pmem2_module_dir(void);

/*
 * Loads NAME.so of the directory, for the life of the process, and answers the address of its
 * symbol. NULL: it could not be had; why then holds a phrase that names the file.
 *
 * In a process of elevated rights (AT_SECURE) the file, its directory and all above must be such
 * that nobody but root and the effective user can change them.
 */
const void *pmem2_module_symbol(const char *name, const char *symbol, char *why, size_t size);

/* Calls see with the NAME of each NAME.so of the directory; none is loaded. */
void pmem2_module_list(void (*see)(void *arg, const char *name), void *arg);

/* ---- its parts, for tests ---- */

/*
 * Opens the file of an absolute path, if nobody but root and the effective user can change it or a
 * directory on the way; no part of the path may be a symbolic link. -1, and why: one is not so.
 */
int pmem2_module_open_trusted(const char *path, char *why, size_t size);

/* dlopen(3) of what is open, whatever the path leads to by now. */
void *pmem2_module_load_open(int fd);

#endif
