/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_read.h -- reads a trace, also one whose program was killed. */
#ifndef POWERFAIL_TRACE_READ_H
#define POWERFAIL_TRACE_READ_H

#include <stddef.h>

#include "powerfail/trace_format.h"

struct pf_reader {
	int fd;
	const char *base; /* the whole trace */
	size_t size, at;
	const struct pf_trace_header *header;
	char error[512]; /* a sentence, if the trace is not what it should be */
};

/* 0 or -1, with a sentence in error. */
int pmem2_pf_reader_open(struct pf_reader *reader, const char *path);
void pmem2_pf_reader_close(struct pf_reader *reader);
void pmem2_pf_reader_rewind(struct pf_reader *reader);

/* The next record; NULL at the end, or with a sentence in error. */
const struct pf_record *pmem2_pf_reader_next(struct pf_reader *reader);

static inline enum pf_record_kind pmem2_pf_record_kind(const struct pf_record *record)
{
	return (enum pf_record_kind)(record->head >> 56);
}

static inline size_t pmem2_pf_record_size(const struct pf_record *record)
{
	return (size_t)(record->head & UINT64_C(0x00ffffffffffffff));
}

/* Of a FLUSH record. */
static inline enum pf_flush_kind pmem2_pf_flush_kind(const struct pf_record_lines *flush)
{
	return (enum pf_flush_kind)(flush->flags >> PF_FLUSH_SHIFT);
}

/* Of a DRAIN record; those of version 1 have none. */
static inline enum pf_drain_kind pmem2_pf_drain_kind(const struct pf_record *drain)
{
	const struct pf_record_drain *d = (const struct pf_record_drain *)drain;

	return pmem2_pf_record_size(drain) < sizeof(*d) ? PF_DRAIN_CALL
	                                                : (enum pf_drain_kind)d->kind;
}

#endif
