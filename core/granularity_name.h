/* SPDX-License-Identifier: BSD-3-Clause */
/* granularity_name.h -- granularities in words. */
#ifndef PMEM2_GRANULARITY_NAME_H
#define PMEM2_GRANULARITY_NAME_H

#include <stdbool.h>

#include <libpmem2.h>

/* "BYTE", "CACHE_LINE", "PAGE". */
const char *pmem2_granularity_name(enum pmem2_granularity granularity);

/* Whether text names one, in upper or lower case; "CACHELINE" is known too. */
bool pmem2_granularity_named(const char *text, enum pmem2_granularity *granularity);

/* 0, or PMEM2_E_GRANULARITY_NOT_SUPPORTED with a sentence for a value that is none of the three. */
int pmem2_granularity_known(enum pmem2_granularity granularity);

#endif
