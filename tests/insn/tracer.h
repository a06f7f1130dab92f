/* SPDX-License-Identifier: BSD-3-Clause */
/* tracer.h -- steps a victim through one call after another, and tells the lines what it sees. */
#ifndef TESTS_INSN_TRACER_H
#define TESTS_INSN_TRACER_H

#include "lines.h"
#include "victim.h"

#include <sys/types.h>

struct tracer {
	pid_t pid;
	int memory; /* of the victim */
	struct shared *shared;
	struct lines *lines;
	unsigned long steps;
};

/* Starts a victim; false, with shared->error: there is none. */
bool tracer_start(struct tracer *tracer, const struct setting *setting);

/* Steps through the call. false: the victim died. What was seen is in lines. */
bool tracer_call(struct tracer *tracer, const struct call *call);

void tracer_stop(struct tracer *tracer);

#endif
