/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The backend arm_dccvap. backends/meson.build lists its instruction sets, best first, and hands them over as ISAS: X(isa)
 * for each, of which ops.c makes four variants. What flushes deeply by itself goes before what does not.
 */
#include <libpmem2/backend.h>

/* clang-format takes ISAS for the beginning of what follows */
/* clang-format off */
#define X(isa) \
	extern const struct pmem2_variant pmem2_arm_dccvap_deep_##isa, pmem2_arm_dccvap_deep_byte_##isa; \
	extern const struct pmem2_variant pmem2_arm_dccvap_##isa, pmem2_arm_dccvap_byte_##isa;
ISAS
#undef X

extern struct pmem2_tuning pmem2_arm_dccvap_tuning;

struct pmem2_tuning pmem2_arm_dccvap_tuning = {
	.movnt_threshold = 256,
	.line_size = 16, /* the least that there can be: correct until the CPU was asked */
};

static const struct pmem2_variant *const variants[] = {
#define X(isa) &pmem2_arm_dccvap_deep_##isa, &pmem2_arm_dccvap_deep_byte_##isa,
	ISAS
#undef X
#define X(isa) &pmem2_arm_dccvap_##isa, &pmem2_arm_dccvap_byte_##isa,
	ISAS
#undef X
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "arm_dccvap",
	.variants = variants,
	.tuning = &pmem2_arm_dccvap_tuning,
};
