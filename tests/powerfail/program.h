/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * program.h -- for tests of the trace that a program leaves: a program is a function, run as a process of its
 * own that maps files through the library, with PMEM2_BACKEND=powerfail.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <check.h>
#include <libpmem2.h>

#include "powerfail/medium.h"
#include "powerfail/report.h"
#include "replay/replay.h"
#include "replay/trace.h"

enum { SIZE = 16384 }; /* bytes of a file */

struct mapped {
	struct pmem2_map *map;
	char *base;
	pmem2_persist_fn persist;
	pmem2_flush_fn flush;
	pmem2_drain_fn drain;
	pmem2_memcpy_fn memcpy;
};

/* Maps a file from an offset on; it is made, of SIZE bytes, if there is none. */
struct mapped map_file(const char *path, size_t offset);

/* Runs it with a trace; returns its status as of waitpid(2). */
int run(void (*program)(void), const char *granularity);

/* Replays a trace to its end. */
void replay_all(struct replay *r, const char *trace);

/* Both: the program ends by itself, and its trace is replayed. */
void run_and_replay(struct replay *r, void (*program)(void), const char *granularity);

/* What is durable there. */
const char *durable(const struct replay *r, size_t file, size_t offset);

/* Runs tests, each in a directory of its own; an exit status. */
int run_tests(const char *name, const TTest *const *tests, size_t count);

#endif
