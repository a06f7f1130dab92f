/* SPDX-License-Identifier: BSD-3-Clause */
/* granularity.h -- what a mapping can promise, and which step decided it. */
#ifndef PMEM2_GRANULARITY_H
#define PMEM2_GRANULARITY_H

#include <limits.h>
#include <stdbool.h>

#include "source.h"

enum pmem2_step {
	PMEM2_STEP_VOLATILE,    /* anonymous or private: no store outlives the process */
	PMEM2_STEP_FORCED,      /* PMEM2_FORCE_GRANULARITY */
	PMEM2_STEP_NO_SYNC,     /* MAP_SYNC was refused */
	PMEM2_STEP_NO_REGION,   /* MAP_SYNC alone: no nd region, or one that names no domain */
	PMEM2_STEP_EADR,        /* the region's persistence_domain is cpu_cache */
	PMEM2_STEP_ADR,         /* it is memory_controller */
	PMEM2_STEP_NO_BACKEND,  /* finer by the hardware, but no backend serves that here */
	PMEM2_STEP_NOT_DURABLE, /* Device DAX that is on no NVDIMM */
	PMEM2_STEP_CALLER,      /* pmem2_map_from_existing */
};

struct pmem2_verdict {
	enum pmem2_granularity granularity;
	bool durable; /* false: any granularity is right, nothing is to be made durable */
	enum pmem2_step step;
	int sync_errno; /* why MAP_SYNC was refused */
};

/*
 * What a mapping of the source promises. synchronous: MAP_SYNC was granted, else sync_errno says why not.
 *
 * Errors: PMEM2_E_GRANULARITY_NOT_SUPPORTED, nothing can be promised; PMEM2_E_BACKEND; -errno, what would
 * tell could not be read just now.
 */
int pmem2_granularity_judge(const struct pmem2_source *src, bool shared, bool synchronous,
	int sync_errno, struct pmem2_verdict *verdict);

/*
 * 0 if the verdict on the source is as fine as required, else PMEM2_E_GRANULARITY_NOT_SUPPORTED, naming
 * the step, the file system, the nd region and its persistence_domain.
 */
int pmem2_granularity_check(const struct pmem2_verdict *verdict, const struct pmem2_source *src,
	enum pmem2_granularity required);

/* The step, in words: "MAP_SYNC was refused: Operation not supported". */
void pmem2_granularity_explain(const struct pmem2_verdict *verdict, char *text, size_t size);

/* What PMEM2_FORCE_GRANULARITY says; false: nothing, or nothing known. */
bool pmem2_granularity_forced(enum pmem2_granularity *granularity);

#endif
