/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend clwb: its variants, best first. ops.c makes them. */
#include <libpmem2/backend.h>

extern const struct pmem2_variant pmem2_clwb_movdir64b, pmem2_clwb_byte_movdir64b;
extern const struct pmem2_variant pmem2_clwb_avx512f, pmem2_clwb_byte_avx512f;
extern const struct pmem2_variant pmem2_clwb_avx2, pmem2_clwb_byte_avx2;
extern const struct pmem2_variant pmem2_clwb_sse2, pmem2_clwb_byte_sse2;

extern struct pmem2_tuning pmem2_clwb_tuning;

struct pmem2_tuning pmem2_clwb_tuning = {
	.movnt_threshold = 256,
	.line_size = 64,
};

static const struct pmem2_variant *const variants[] = {
	&pmem2_clwb_movdir64b,
	&pmem2_clwb_byte_movdir64b,
	&pmem2_clwb_avx512f,
	&pmem2_clwb_byte_avx512f,
	&pmem2_clwb_avx2,
	&pmem2_clwb_byte_avx2,
	&pmem2_clwb_sse2,
	&pmem2_clwb_byte_sse2,
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "clwb",
	.variants = variants,
	.tuning = &pmem2_clwb_tuning,
};
