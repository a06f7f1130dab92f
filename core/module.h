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
 */
const void *pmem2_module_symbol(const char *name, const char *symbol, char *why, size_t size);

#endif
