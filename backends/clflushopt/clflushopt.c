/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend clflushopt: its variants, best first. ops.c makes them. */
#include <libpmem2/backend.h>

extern const struct pmem2_variant pmem2_clflushopt_avx512f, pmem2_clflushopt_byte_avx512f;
extern const struct pmem2_variant pmem2_clflushopt_avx2, pmem2_clflushopt_byte_avx2;
extern const struct pmem2_variant pmem2_clflushopt_sse2, pmem2_clflushopt_byte_sse2;

extern struct pmem2_tuning pmem2_clflushopt_tuning;

struct pmem2_tuning pmem2_clflushopt_tuning = {
	.movnt_threshold = 256,
	.line_size = 64,
};

static const struct pmem2_variant *const variants[] = {
	&pmem2_clflushopt_avx512f,
	&pmem2_clflushopt_byte_avx512f,
	&pmem2_clflushopt_avx2,
	&pmem2_clflushopt_byte_avx2,
	&pmem2_clflushopt_sse2,
	&pmem2_clflushopt_byte_sse2,
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "clflushopt",
	.variants = variants,
	.tuning = &pmem2_clflushopt_tuning,
};
