/* SPDX-License-Identifier: BSD-3-Clause */
/* symbols.h -- which function and line an address is, as addr2line(1) knows it. */
#ifndef POWERFAIL_SYMBOLS_H
#define POWERFAIL_SYMBOLS_H

#include "powerfail/stacks.h"

enum { PF_INLINED = 8 }; /* functions of one frame that are told, at most */

struct pf_symbol {
	char function[192];
	char file[256]; /* "" if not known */
	unsigned line;
};

/* A frame: the function that the code is of, then what that was inlined into. */
struct pf_site {
	uintptr_t address; /* that a call returns to */
	size_t count;
	struct pf_symbol symbol[PF_INLINED];
};

/*
 * Fills in the sites by their addresses. What addr2line does not know is "module+0x123". Of more functions than there
 * is room for, the last is the outermost.
 */
void pmem2_pf_symbolize(struct pf_site *sites, size_t count, const struct pf_module *modules,
	size_t module_count);

/* The module that an address lies in; NULL: none. */
const struct pf_module *pmem2_pf_module_of(uintptr_t address, const struct pf_module *modules,
	size_t count);

#endif
