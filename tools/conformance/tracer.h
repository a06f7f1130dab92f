/* SPDX-License-Identifier: BSD-3-Clause */
/* tracer.h -- steps a victim through one call after another, and tells the lines what it sees. */
#ifndef PMEM2_CONFORMANCE_TRACER_H
#define PMEM2_CONFORMANCE_TRACER_H

#include "call.h"
#include "lines.h"

#include <sys/types.h>

struct tracer {
	pid_t pid;
	int memory; /* of the victim */
	struct shared *shared;
	struct lines *lines;
	unsigned long steps;
};

/*
 * Runs in a process of its own: begins with tracer_be_stepped, fills in what it shares, and then stops at
 * INT3 before each of the calls of `shared`. setting is that of tracer_start.
 */
typedef void victim_fn(struct shared *shared, const void *setting);

/* In the victim: asks to be stepped through, or ends with the reason. */
void tracer_be_stepped(struct shared *shared);

/* Starts a victim; false, with shared->error: there is none. */
bool tracer_start(struct tracer *tracer, victim_fn *victim, const void *setting);

/* Steps through the call. false: the victim died. What was seen is in lines. */
bool tracer_call(struct tracer *tracer, const struct call *call);

void tracer_stop(struct tracer *tracer);

#endif
