/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace_format.h -- the trace of a program's flushes and drains; libpmem2_powerfail(7) describes it.
 *
 * A header of one page, then records, each on a multiple of 8 bytes, in the order in which
 * things happened. A record's head is stored last, so that the first head of 0 ends
 * the trace, however the program ended. All numbers are in the byte order of the machine.
 */
#ifndef POWERFAIL_TRACE_FORMAT_H
#define POWERFAIL_TRACE_FORMAT_H

#include <stdint.h>

#define PF_TRACE_MAGIC "pm2trace"

enum {
	PF_TRACE_VERSION = 1,
	PF_TRACE_ORDER = 0x01020304, /* reads otherwise on a machine of the other byte order */
	PF_TRACE_START = 4096,       /* offset of the first record, bytes */
	PF_TRACE_FRAMES = 32,        /* of a call stack, at most */
};

struct pf_trace_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order;
	uint32_t line_size; /* bytes */
	uint32_t process;
	char program[2048]; /* path of the executable; ends in 0, as all texts do */
};

enum pf_record_kind {
	PF_RECORD_FILE = 1, /* a file, with what it holds */
	PF_RECORD_ATTACH,   /* a mapping of it */
	PF_RECORD_DETACH,   /* the end of a mapping */
	PF_RECORD_WRITTEN,  /* lines changed while no mapping was there: taken for durable */
	PF_RECORD_FLUSH,    /* lines that a thread flushed */
	PF_RECORD_DRAIN,    /* a thread waited for its flushes */
	PF_RECORD_DIRTY,    /* lines found to hold what nobody flushed */
	PF_RECORD_MODULE,   /* an executable or library, as it lies in memory */
	PF_RECORD_STACK,    /* a call stack, which later records name by number */
	PF_RECORD_EXIT,     /* the program came to its exit: what is dirty then stands before */
	PF_RECORD_BROKEN,   /* the trace could not go on: what follows is missing */
};

/* The thread of a flush and a drain that msync(2) stands for: they leave the thread's other alone. */
#define PF_THREAD_MSYNC UINT32_C(0x80000000)

struct pf_record {
	uint64_t head;   /* bytes of the record, this included; kind in the upper 8 bits */
	uint32_t thread; /* counts from 1; 0: none */
	uint32_t stack;  /* number of a call stack; 0: not known */
};

struct pf_record_file {
	struct pf_record record;
	uint32_t file; /* counts from 0 */
	uint32_t reserved;
	uint64_t size;    /* of the file, bytes */
	uint64_t content; /* where in the trace its content begins, a multiple of 4096 */
	char path[];      /* the record ends where the content does, on a multiple of 4096 */
};

struct pf_record_map {
	struct pf_record record;
	uint32_t file;
	uint32_t granularity; /* enum pmem2_granularity */
	uint64_t address, offset, length;
	uint64_t size; /* of the file now */
};

enum {
	PF_LINES_COPY = 1, /* by memmove, memcpy or memset, not flush or persist */
	PF_LINES_LAST = 2, /* of a DIRTY record: seen when the mapping, or the program, ended */
};

struct pf_record_lines {
	struct pf_record record;
	uint32_t file;
	uint32_t flags;
	uint64_t offset, length; /* what the program named; whole lines of content follow */
	char content[];
};

struct pf_record_module {
	struct pf_record record;
	uint64_t begin, end; /* addresses */
	uint64_t bias;       /* what to subtract from an address to get that in the file */
	char path[];
};

struct pf_record_stack {
	struct pf_record record; /* .stack is the number that it gets */
	uint64_t frames;
	uint64_t frame[]; /* return addresses, innermost first */
};

#endif
