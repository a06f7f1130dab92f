/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend generic_msync: its variants. ops.c makes them. */
#include <libpmem2/backend.h>

extern const struct pmem2_variant pmem2_generic_msync, pmem2_generic_msync_byte;

int pmem2_generic_msync_sync(const void *ptr, size_t size, unsigned how, const void *site);

extern struct pmem2_tuning pmem2_generic_msync_tuning;

struct pmem2_tuning pmem2_generic_msync_tuning = {
	.movnt_threshold = 256,
	.line_size = 64,
};

static const struct pmem2_variant *const variants[] = {
	&pmem2_generic_msync,
	&pmem2_generic_msync_byte,
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "generic_msync",
	.variants = variants,
	.tuning = &pmem2_generic_msync_tuning,
	.sync = pmem2_generic_msync_sync,
};
