/* SPDX-License-Identifier: BSD-3-Clause */
/* config.h -- how to map. */
#ifndef PMEM2_CONFIG_H
#define PMEM2_CONFIG_H

#include <stdbool.h>

#include "source.h"

struct pmem2_config {
	bool granularity_set;
	enum pmem2_granularity granularity; /* the coarsest that will do */
	enum pmem2_sharing_type sharing;
	unsigned protection; /* PMEM2_PROT_* bits */
	size_t offset, length;
	struct pmem2_vm_reservation *rsv; /* NULL: anywhere */
	size_t rsv_offset;
	bool deferred;            /* flushes wait for the drain */
	struct pmem2_source file; /* of pmem2_config_set_fd; fd -1: none */
};

#endif
