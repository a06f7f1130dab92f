/* SPDX-License-Identifier: BSD-3-Clause */
/* functions.h -- which functions the symbol tables of an executable or library know. */
#ifndef POWERFAIL_FUNCTIONS_H
#define POWERFAIL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file in memory; the zero value is none. */
struct pf_functions {
	const char *file;
	size_t size;
};

void pmem2_pf_functions_open(struct pf_functions *functions, const char *path);
void pmem2_pf_functions_close(struct pf_functions *functions);

/*
 * Whether a function covers the address, as the file counts it. Of a stripped library only exported functions
 * are known, and what lies between them is none of them. A file that cannot be read has no function.
 */
bool pmem2_pf_functions_cover(const struct pf_functions *functions, uintptr_t address);

#endif
