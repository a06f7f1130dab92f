/* SPDX-License-Identifier: BSD-3-Clause */
/* map.h -- the object. */
#ifndef PMEM2_MAP_H
#define PMEM2_MAP_H

#include <stdatomic.h>

#include "choice.h"
#include "granularity.h"
#include "handler.h"
#include "source.h"

struct pmem2_file;
struct pmem2_vm_reservation;

struct pmem2_map {
	void *address;
	size_t length; /* bytes, exact: the last page may be used in part */
	const struct pmem2_choice *choice;
	struct pmem2_vm_reservation *rsv; /* that it lies in; or NULL */
	dev_t device;
	enum pmem2_source_type type;
	struct pmem2_verdict verdict;
	bool ours; /* mapped by us, and so to be unmapped */

	/* PAGE */
	const struct pmem2_variant *functions; /* what programs get: the choice's, or page.c's */
	struct pmem2_file *file;   /* what is known of its writeback; NULL: nothing to know */
	atomic_uint_fast64_t told; /* failures of the file that the map is not in error for */
	struct pmem2_handler handler;
	bool deferred;     /* flushes are noted */
	atomic_bool noted; /* some thread has, since the last time that all was written */
};

#endif
