/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.h -- a trace, read once: its records by number, and its files. */
#ifndef CRASHTEST_TRACE_H
#define CRASHTEST_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "powerfail/trace_read.h"

struct base;
struct volatiles;

struct trace {
	const char *path;
	struct pf_reader reader;
	const struct pf_record **record; /* [n] is event n + 1 */
	uint64_t records;
	uint64_t
		*moment; /* of event n + 1: the first event of its moment; NULL: no map has pages */
	const struct pf_record_file **file; /* in the order in which the program mapped them */
	size_t files;
	const struct base
		*base; /* the images that it stands on, if it is that of a recovery; or NULL */
	const struct volatiles *volatiles; /* parts of its files that need no flush; or NULL */
	char error[512]; /* a sentence: why there are no more records; "": these are all */
};

/*
 * Reads a trace. path has to stay. 0, also if the trace is damaged from some record on, or -1: error says
 * why, and there is nothing to close.
 */
int trace_open(struct trace *trace, const char *path);
void trace_close(struct trace *trace);

/* The record of an event; NULL: there is none. Events count from 1. */
static inline const struct pf_record *trace_record(const struct trace *trace, uint64_t event)
{
	return event - 1 < trace->records ? trace->record[event - 1] : NULL;
}

/* A record that is about lines as such; NULL: it is of another kind. */
static inline const struct pf_record_lines *trace_lines(const struct pf_record *record,
	enum pf_record_kind kind)
{
	return pmem2_pf_record_kind(record) == kind ? (const struct pf_record_lines *)record : NULL;
}

#endif
