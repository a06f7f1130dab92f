/* SPDX-License-Identifier: BSD-3-Clause */
/* losses.h -- what a power cut would take for good: lines that hold what is not durable. */
#ifndef POWERFAIL_LOSSES_H
#define POWERFAIL_LOSSES_H

#include "powerfail/model.h"
#include "powerfail/report.h"

/*
 * Reports each line whose newest version is not durable, of those versions that are wanted. What is
 * dirty must have been brought to the model before.
 */
void pmem2_pf_find_losses(const struct pf_model *model, struct pf_report *report,
	bool (*wanted)(const struct pf_version *version, const void *arg), const void *arg);

/* Whether the version's line has a part in [offset, offset + length) of the medium. */
static inline bool pmem2_pf_is_within(const struct pf_version *version,
	const struct pf_medium *medium, size_t offset, size_t length)
{
	size_t at = version->line * PF_LINE;

	return version->medium == medium && at + PF_LINE > offset && at < offset + length;
}

#endif
