/* SPDX-License-Identifier: BSD-3-Clause */
/* The backend arm_dccvap: its variants, best first. ops.c makes them. */
#include <libpmem2/backend.h>

extern const struct pmem2_variant pmem2_arm_dccvap_deep_neon, pmem2_arm_dccvap_deep_byte_neon;
extern const struct pmem2_variant pmem2_arm_dccvap_neon, pmem2_arm_dccvap_byte_neon;

extern struct pmem2_tuning pmem2_arm_dccvap_tuning;

struct pmem2_tuning pmem2_arm_dccvap_tuning = {
	.movnt_threshold = 256,
	.line_size = 16, /* the least that there can be: correct until the CPU was asked */
};

static const struct pmem2_variant *const variants[] = {
	&pmem2_arm_dccvap_deep_neon,
	&pmem2_arm_dccvap_deep_byte_neon,
	&pmem2_arm_dccvap_neon,
	&pmem2_arm_dccvap_byte_neon,
	NULL,
};

const struct pmem2_backend pmem2_backend_v1 = {
	.name = "arm_dccvap",
	.variants = variants,
	.tuning = &pmem2_arm_dccvap_tuning,
};
