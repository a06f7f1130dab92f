/* SPDX-License-Identifier: BSD-3-Clause */
/* lines.h -- what happens to lines: each step in the trace, the model and the report. */
#ifndef POWERFAIL_LINES_H
#define POWERFAIL_LINES_H

#include "engine.h"
#include "powerfail/medium.h"
#include "powerfail/report.h"

static inline size_t pmem2_pf_first_line(const struct pf_lines *lines)
{
	return lines->offset / PF_LINE;
}

static inline size_t pmem2_pf_line_count(const struct pf_lines *lines)
{
	return (lines->offset + lines->length + PF_LINE - 1) / PF_LINE - lines->offset / PF_LINE;
}

/* An operation of a thread. */
struct pf_call {
	struct pf_thread *thread;
	struct pf_thread
		*syncer; /* whose lines are those of an msync(2) that takes its time; or NULL */
	uint32_t stack;
	bool copy;  /* it is a copy */
	bool msync; /* by msync(2): whole pages, durable at once */
	bool any;   /* of the lines that wait for one, those of all threads */
};

/* Whether a line waits for a drain: of the call's thread, or of any if the call is about all. */
bool pmem2_pf_lines_wait(const struct pf_call *call, const struct pf_medium *medium, size_t line);

/* Whether the newest that is known of a line is what the call's thread has flushed, with that content. */
bool pmem2_pf_lines_are_flushed(const struct pf_call *call, const struct pf_medium *medium,
	size_t line, const char *content);

/* Forgets versions of the thread that others have made durable, if it has no others. */
void pmem2_pf_lines_tidy(const struct pf_call *call);

/* Who that is, for the record of what it found. */
struct pf_who pmem2_pf_lines_who(const struct pf_call *call);

void pmem2_pf_lines_flush(const struct pf_call *call, const struct pf_lines *lines);

/* Makes durable what the call's thread flushed, or for an msync(2) its own lines alone. */
void pmem2_pf_lines_drain(const struct pf_call *call);

/* A call that flushes begins. */
static inline void pmem2_pf_lines_count_flush(void)
{
	pmem2_pf_engine.report->flushes++;
}

/* How many lines were flushed so far. */
uint64_t pmem2_pf_lines_flushed(void);

/* The call flushed what was durable already. */
void pmem2_pf_lines_redundant(const struct pf_call *call, const struct pf_lines *lines);

/* The lines were found to hold what nobody flushed; last: as the mapping, or the program, ends. */
void pmem2_pf_lines_dirty(struct pf_who who, bool last, const struct pf_lines *lines);

/* The lines were changed while no mapping was there, and are durable. */
void pmem2_pf_lines_written(const struct pf_lines *lines);

/* Memory that is in no mapping was flushed. */
void pmem2_pf_lines_stray(const struct pf_call *call, const void *address, size_t length);

#endif
