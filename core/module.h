/* SPDX-License-Identifier: BSD-3-Clause */
/* module.h -- loads a plug-in of the library from its directory. */
#ifndef PMEM2_MODULE_H
#define PMEM2_MODULE_H

#include <stddef.h>

/* The directory of backends and ndctl.so: compiled in, or PMEM2_BACKEND_DIR's. */
const char *pmem2_module_dir(void);

/* What a module must export. */
struct pmem2_module_kind {
	const char *name;   /* of the kind: "flush backend" */
	const char *symbol; /* ends in a digit, the version of the contract */
	size_t size;        /* bytes of what the symbol names, at least */
};

/* Why a module could not be had. */
struct pmem2_module_why {
	char text[640]; /* a phrase that names the file */
	int passing;    /* an errno: the process or the machine was short of something, or the file
	                   could not be read; the next try may succeed. 0: the file is missing or wrong */
};

/*
 * Loads NAME.so of the directory, for the life of the process, and returns the address of the kind's
 * symbol. NULL: it could not be had.
 *
 * In a process of elevated rights (AT_SECURE) the file, its directory and all above must be such
 * that nobody but root and the effective user can change them.
 */
const void *pmem2_module_symbol(const char *name, const struct pmem2_module_kind *kind,
	struct pmem2_module_why *why);

/* Calls see with the NAME of each NAME.so of the directory; none is loaded. */
void pmem2_module_list(void (*see)(void *arg, const char *name), void *arg);

/* ---- its parts, for tests ---- */

/*
 * Opens the file of an absolute path, if nobody but root and the effective user can change it or a
 * directory on the way; no part of the path may be a symbolic link. -1, and why: one is not so, and
 * errno is 0, or it could not be read.
 */
int pmem2_module_open_trusted(const char *path, char *why, size_t size);

/* dlopen(3) of what is open, whatever the path leads to by now. */
void *pmem2_module_load_open(int fd);

#endif
