/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace_format.h -- the trace of a program's stores, flushes and drains; libpmem2_powerfail(7) describes it.
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
	PF_TRACE_OLDEST = 1,         /* has no stores, and drains of 16 bytes; it is read */
	PF_TRACE_VERSION = 3,        /* has sizes of files */
	PF_TRACE_ORDER = 0x01020304, /* reads otherwise on a machine of the other byte order */
	PF_TRACE_START = 4096,       /* offset of the first record, bytes */
	PF_TRACE_FRAMES = 32,        /* of a call stack, at most */
};

/* Who wrote a trace: what it can see is told in pmem2-crashtest(1). */
enum pf_recorder {
	PF_RECORDER_BACKEND, /* the backend powerfail: calls into the library */
	PF_RECORDER_EXACT,   /* each store and each instruction that flushes or waits */
	PF_RECORDER_PRELOAD, /* the backend powerfail, and calls of libpmem and libc */
	PF_RECORDERS
};

struct pf_trace_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order;
	uint32_t line_size; /* bytes */
	uint32_t process;
	char program[2048]; /* path of the executable; ends in 0, as all texts do */
	uint32_t recorder;  /* enum pf_recorder; 0 in version 1 */
	uint32_t family;    /* the first process of a family: see WRITTEN; 0: not known */
};

enum pf_record_kind {
	PF_RECORD_FILE = 1, /* a file, with what it holds */
	PF_RECORD_ATTACH,   /* a mapping of it */
	PF_RECORD_DETACH,   /* the end of a mapping */
	PF_RECORD_WRITTEN, /* lines changed while no mapping was there, or drained by another of the family: durable */
	PF_RECORD_FLUSH,  /* lines that a thread flushed */
	PF_RECORD_DRAIN,  /* a thread waited for its flushes */
	PF_RECORD_DIRTY,  /* lines found to hold what nobody flushed */
	PF_RECORD_MODULE, /* an executable or library, as it lies in memory */
	PF_RECORD_STACK,  /* a call stack, which later records name by number */
	PF_RECORD_EXIT,   /* the program came to its exit: what is dirty then stands before */
	PF_RECORD_BROKEN, /* the trace could not go on: what follows is missing */
	PF_RECORD_STORE,  /* bytes that a thread stored; version 2, as the next ones */
	PF_RECORD_NOTE,   /* what the recorder could not do as it should: a sentence */
	PF_RECORD_SAID,   /* what the program had written to the file that is watched */
	PF_RECORD_STRAY,  /* a flush of memory that is in no mapping */
	PF_RECORD_LEFT,   /* how much of its standard input the program had not read */
};

/* What flushed lines: in the flags of a FLUSH record, above PF_FLUSH_SHIFT. */
enum pf_flush_kind {
	PF_FLUSH_CALL, /* of the library, of libpmem, or msync(2): not an instruction */
	PF_FLUSH_CLWB,
	PF_FLUSH_CLFLUSHOPT,
	PF_FLUSH_CLFLUSH,  /* is in order with stores, and needs no fence */
	PF_FLUSH_DC_CVAP,  /* to the point of persistence */
	PF_FLUSH_DC_CVADP, /* to the point of deep persistence */
	PF_FLUSH_DC_CVAC,  /* to the point of coherency: memory may keep less than that */
	PF_FLUSH_DC_CIVAC, /* likewise */
	PF_FLUSH_KINDS
};

/* What a thread waited by. */
enum pf_drain_kind {
	PF_DRAIN_CALL,
	PF_DRAIN_SFENCE,
	PF_DRAIN_MFENCE,
	PF_DRAIN_DSB,
	PF_DRAIN_LOCKED, /* an instruction with a LOCK, which also stores */
	PF_DRAIN_KINDS
};

/* The thread of a flush and a drain that msync(2) stands for: they leave the thread's other alone. */
#define PF_THREAD_MSYNC UINT32_C(0x80000000)

/*
 * In the number of a file, of records of lines: the one line is not of the file, but has its size in its first 8 bytes. A
 * file has such records from its first change of size on; the first one is WRITTEN, and has the size before that.
 */
#define PF_SIZE_OF UINT32_C(0x80000000)

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

/*
 * In the granularity of a map, above PF_MAP_GRANULARITY: a program that maps files by itself stores there, and makes
 * it durable by msync(2) and the like. Until then the kernel may write a page at any time.
 */
enum { PF_MAP_GRANULARITY = 0xff, PF_MAP_PAGES = 0x100 };

/* An ATTACH at the address of a mapping that is there changes it. */
struct pf_record_map {
	struct pf_record record;
	uint32_t file;
	uint32_t granularity; /* enum pmem2_granularity, and PF_MAP_PAGES */
	uint64_t address, offset, length;
	uint64_t size; /* of the file now */
};

enum {
	PF_LINES_COPY = 1,  /* by memmove, memcpy or memset, not flush or persist */
	PF_LINES_LAST = 2,  /* of a DIRTY record: seen when the mapping, or the program, ended */
	PF_LINES_SAME = 4,  /* seen in the same moment as those of the last such record */
	PF_FLUSH_SHIFT = 8, /* enum pf_flush_kind stands above */
};

struct pf_record_lines {
	struct pf_record record;
	uint32_t file;
	uint32_t flags;
	uint64_t offset, length; /* what the program named; whole lines of content follow */
	char content[];
};

enum {
	PF_STORE_NON_TEMPORAL = 1, /* past the caches: pending until its thread drains */
	PF_STORE_LOCKED = 2,       /* by an instruction that loads and stores at once */
	PF_STORE_BY_CALL = 4,      /* by a system call */
	PF_STORE_UNSEEN = 8,       /* found by comparing: nobody saw who stored it, nor when */
};

struct pf_record_store {
	struct pf_record record;
	uint32_t file;
	uint32_t flags;
	uint64_t offset, length; /* within the file; the bytes follow */
	char bytes[];
};

/* In version 1 it ends after the record's head. */
struct pf_record_drain {
	struct pf_record record;
	uint32_t kind; /* enum pf_drain_kind */
	uint32_t reserved;
};

struct pf_record_stray {
	struct pf_record record;
	uint64_t address, length;
};

struct pf_record_note {
	struct pf_record record;
	char text[];
};

/* Of the watched file, all up to the offset is as it was; what follows are the bytes, and no more. */
struct pf_record_said {
	struct pf_record record;
	uint64_t offset, length;
	char bytes[];
};

struct pf_record_left {
	struct pf_record record;
	uint64_t left; /* bytes */
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
