/* SPDX-License-Identifier: BSD-3-Clause */
/* choice.h -- the backend and its variant that serve a mapping. */
#ifndef PMEM2_CHOICE_H
#define PMEM2_CHOICE_H

#include <libpmem2/backend.h>

struct pmem2_choice {
	const struct pmem2_backend *backend;
	const struct pmem2_variant *variant; /* NULL: nothing serves that */
};

#endif
