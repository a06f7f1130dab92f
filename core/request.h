/* SPDX-License-Identifier: BSD-3-Clause */
/* request.h -- what a config asks of a source, judged. */
#ifndef PMEM2_REQUEST_H
#define PMEM2_REQUEST_H

#include "config.h"
#include "placement.h"

/*
 * Checks granularity, offset, length and sharing and says what to hand to mmap(2). A length of 0 is left to
 * pmem2_request_empty: PMDK judges the place in a reservation first.
 *
 * Errors: PMEM2_E_GRANULARITY_NOT_SET, and those of pmem2_map_new up to MAP_RANGE.
 */
int pmem2_request_read(const struct pmem2_config *cfg, const struct pmem2_source *src,
	struct pmem2_placement *wanted);

/* Refuses a length of 0, of which mmap(2) would say no more than that it is invalid: -EINVAL. */
int pmem2_request_empty(const struct pmem2_placement *wanted);

/* The sentence for mmap's errno: what it means for such a mapping, and what can be done. */
void pmem2_request_explain(const struct pmem2_placement *wanted, int error);

/*
 * The library's code, with a sentence, for mmap's -errno; append_only: the one for a file under
 * chattr +a, on which PMDK's manual and code disagree.
 */
int pmem2_request_error(const struct pmem2_placement *wanted, int error, int append_only);

#endif
