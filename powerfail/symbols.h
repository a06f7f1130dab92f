/* SPDX-License-Identifier: BSD-3-Clause */
/* symbols.h -- which function and line an address is, as addr2line(1) knows it. */
#ifndef POWERFAIL_SYMBOLS_H
#define POWERFAIL_SYMBOLS_H

#include "powerfail/stacks.h"

struct pf_symbol {
	uintptr_t address; /* that a call returns to */
	char function[192];
	char file[256]; /* "" if not known */
	unsigned line;
};

/* Fills in the symbols by their addresses. What addr2line does not know is "module+0x123". */
void pmem2_pf_symbolize(struct pf_symbol *symbols, size_t count, const struct pf_module *modules,
	size_t module_count);

/* The module that an address lies in; NULL: none. */
const struct pf_module *pmem2_pf_module_of(uintptr_t address, const struct pf_module *modules,
	size_t count);

#endif
