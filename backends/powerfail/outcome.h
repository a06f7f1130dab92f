/* SPDX-License-Identifier: BSD-3-Clause */
/* outcome.h -- writes the report where the settings want it. */
#ifndef POWERFAIL_OUTCOME_H
#define POWERFAIL_OUTCOME_H

#include "engine.h"

bool pmem2_pf_outcome_is_wanted(void);

/* How many findings there are. */
size_t pmem2_pf_outcome_findings(void);

/* Writes the report, if one is wanted: a file whole each time, on stderr findings from `first` on. */
void pmem2_pf_outcome_report(size_t first);

#endif
