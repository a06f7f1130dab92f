/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace_write.h -- writes the trace through a window of shared memory: what is stored there is in
 * the file however the process ends. No descriptor stays open. Not thread-safe.
 */
#ifndef POWERFAIL_TRACE_WRITE_H
#define POWERFAIL_TRACE_WRITE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "powerfail/trace_format.h"

struct pf_content;
struct pf_medium;

struct pf_trace {
	bool on;
	char path[PATH_MAX]; /* absolute */
	dev_t device;        /* the file at path, to be sure that it still is */
	ino_t inode;
	char *window; /* of the file, shared */
	size_t begin; /* offset of the window in the file */
	size_t room;  /* bytes of the window that may be used */
	size_t used;  /* offset of the next record in the file */
};

/*
 * Makes path; if something is there, path.PID. program is the path of the program, NULL that of this
 * process. family: the first process of its family, 0: not known. 0 or -errno, with a sentence on stderr.
 */
int pmem2_pf_trace_open(struct pf_trace *trace, const char *path, enum pf_recorder recorder,
	const char *program, uint32_t family);

/* Leaves the file as it is. */
void pmem2_pf_trace_abandon(struct pf_trace *trace);

enum { PF_TRACE_END = sizeof(struct pf_record) + 8 }; /* kept free for PF_RECORD_BROKEN */

/* Moves the window, to make room for a record. false: the trace has ended. Keeps errno. */
bool pmem2_pf_trace_move(struct pf_trace *trace, size_t size);

/*
 * Room for a record of size bytes, zeros but for what is filled in. NULL: the trace is off, or has to
 * end here, which a sentence on stderr then tells, and the trace too.
 */
static inline void *pmem2_pf_trace_reserve(struct pf_trace *trace, size_t size)
{
	size_t whole = (size + 7) & ~(size_t)7;

	if (!trace->on)
		return NULL;
	if (trace->used + whole + PF_TRACE_END > trace->begin + trace->room &&
		!pmem2_pf_trace_move(trace, whole))
		return NULL;
	return trace->window + (trace->used - trace->begin);
}

/* The record in that room is whole. */
static inline void pmem2_pf_trace_commit(struct pf_trace *trace, void *room,
	enum pf_record_kind kind, size_t size)
{
	struct pf_record *record = (struct pf_record *)room;

	trace->used += (size + 7) & ~(size_t)7;
	__atomic_store_n(&record->head, ((size + 7) & ~UINT64_C(7)) | (uint64_t)kind << 56,
		__ATOMIC_RELEASE);
}

/*
 * Appends a file with its content. *fd is a descriptor of the trace and *at where in it the content
 * lies: for a private mapping of it; the caller closes it. With the trace off, they are those of a
 * file without name. 0 or -errno.
 */
int pmem2_pf_trace_file(struct pf_trace *trace, uint32_t file, const char *path,
	const struct pf_content *content, int *fd, size_t *at);

/* Appends a file with what is durable of it, as far as the trace has room. */
void pmem2_pf_trace_medium(struct pf_trace *trace, const struct pf_medium *medium);

#endif
