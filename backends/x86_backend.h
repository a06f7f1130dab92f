/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * x86_backend.h -- the table of the x86 backend called BACKEND. backends/meson.build lists its instruction
 * sets, best first, and hands them over as ISAS: X(isa) for each, of which ops.c is a variant.
 */
#include <libpmem2/backend.h>

#define NAME_OF(backend, rest) pmem2_##backend##rest
#define NAME(backend, rest)    NAME_OF(backend, rest)
#define TEXT_OF(backend)       #backend
#define TEXT(backend)          TEXT_OF(backend)

/* clang-format takes ISAS for the beginning of what follows */
/* clang-format off */
#define X(isa) extern const struct pmem2_variant NAME(BACKEND, _##isa), NAME(BACKEND, _byte_##isa);
ISAS
#undef X

extern struct pmem2_tuning NAME(BACKEND, _tuning);

struct pmem2_tuning NAME(BACKEND, _tuning) = {
	.movnt_threshold = 256,
	.line_size = 64,
};

#define X(isa) &NAME(BACKEND, _##isa), &NAME(BACKEND, _byte_##isa),
static const struct pmem2_variant *const variants[] = {ISAS NULL};
#undef X

const struct pmem2_backend pmem2_backend_v1 = {
	.name = TEXT(BACKEND),
	.variants = variants,
	.tuning = &NAME(BACKEND, _tuning),
};
