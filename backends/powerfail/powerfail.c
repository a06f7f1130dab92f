/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The backend powerfail, for testing: it makes nothing durable and records what would be;
 * libpmem2_powerfail(7). It is not in the table of backends, so that only PMEM2_BACKEND chooses it.
 */
#include <libpmem2/backend.h>

#include "maps.h"

extern const struct pmem2_variant pmem2_powerfail_line, pmem2_powerfail_byte;
extern const struct pmem2_variant pmem2_powerfail_page, pmem2_powerfail_volatile;

int pmem2_powerfail_sync(const void *ptr, size_t size, unsigned how, const void *site);

extern struct pmem2_tuning pmem2_powerfail_tuning;

struct pmem2_tuning pmem2_powerfail_tuning = {
	.movnt_threshold = 256,
	.line_size = 64,
};

static const struct pmem2_variant *const variants[] = {
	&pmem2_powerfail_line,
	&pmem2_powerfail_byte,
	&pmem2_powerfail_page,
	&pmem2_powerfail_volatile,
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "powerfail",
	.variants = variants,
	.tuning = &pmem2_powerfail_tuning,
	.attach = pmem2_pf_maps_attach,
	.detach = pmem2_pf_maps_detach,
	.sync = pmem2_powerfail_sync,
};
