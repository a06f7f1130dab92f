/* SPDX-License-Identifier: BSD-3-Clause */
/* explain_place.h -- on what file system, device and nd region a source is. */
#ifndef PMEM2_EXPLAIN_PLACE_H
#define PMEM2_EXPLAIN_PLACE_H

#include "explanation.h"

struct pmem2_source;

/* The file system; refused: MAP_SYNC was, so also what keeps the file from it. */
void pmem2_explain_file(struct pmem2_explanation *e, const struct pmem2_source *src, bool refused);

/* The nd region, and its persistence_domain. After the file system, which may say that there is no sysfs. */
void pmem2_explain_region(struct pmem2_explanation *e, const struct pmem2_source *src);

#endif
