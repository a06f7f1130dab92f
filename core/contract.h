/* SPDX-License-Identifier: BSD-3-Clause */
/* contract.h -- what a backend's tables must hold before the library uses them. */
#ifndef PMEM2_CONTRACT_H
#define PMEM2_CONTRACT_H

#include <stdbool.h>

#include <libpmem2/backend.h>

enum {
	PMEM2_NAME_MAX = 64, /* characters of a backend's name, and of a variant's */
};

/*
 * Whether the tables keep the contract; if not, why gets a phrase that names the table, the value and
 * what it has to be. name: the file's, without .so. No operation is called, and memory that is not
 * there is told instead of touched.
 */
bool pmem2_contract_kept(const struct pmem2_backend *backend, const char *name, char *why,
	size_t size);

#endif
