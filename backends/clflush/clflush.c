/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend clflush: its variants, best first. ops.c makes them. */
#include <libpmem2/backend.h>

extern const struct pmem2_variant pmem2_clflush_avx512f, pmem2_clflush_byte_avx512f;
extern const struct pmem2_variant pmem2_clflush_avx2, pmem2_clflush_byte_avx2;
extern const struct pmem2_variant pmem2_clflush_sse2, pmem2_clflush_byte_sse2;

extern struct pmem2_tuning pmem2_clflush_tuning;

struct pmem2_tuning pmem2_clflush_tuning = {
	.movnt_threshold = 256,
	.line_size = 64,
};

static const struct pmem2_variant *const variants[] = {
	&pmem2_clflush_avx512f,
	&pmem2_clflush_byte_avx512f,
	&pmem2_clflush_avx2,
	&pmem2_clflush_byte_avx2,
	&pmem2_clflush_sse2,
	&pmem2_clflush_byte_sse2,
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "clflush",
	.variants = variants,
	.tuning = &pmem2_clflush_tuning,
};
