/* SPDX-License-Identifier: BSD-3-Clause */
/* session.h -- what the environment asked for, and the engine's life: start, fork, exit. */
#ifndef POWERFAIL_SESSION_H
#define POWERFAIL_SESSION_H

#include "engine.h"

/* Reads the environment, makes the trace. 0 or -errno. */
int pmem2_pf_session_begin(void);

/* This is a child process: what its parent had pending is not its own, nor is the trace. */
void pmem2_pf_session_forked(void);

/* The number of a call stack, which the trace then has. */
uint32_t pmem2_pf_session_stack(const struct pf_frames *frames);

/* Brings a file into the trace with what it holds; *fd, *at: a copy of that, to be closed. */
int pmem2_pf_session_file(const struct pf_medium *medium, const struct pf_content *content, int *fd,
	size_t *at);

/* Brings a mapping, or its end, into the trace. */
void pmem2_pf_session_map(enum pf_record_kind kind, const struct pf_map *map);

/* A mapping is about to end: notes, and says, what of it is lost. */
void pmem2_pf_session_detaching(struct pf_map *map);

#endif
