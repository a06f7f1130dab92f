/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * record.h -- the trace: what is recorded, in the order of the calls.
 *
 * The trace begins with the first file that is followed. A file's shadow holds what the records of its
 * stores make of it. Of several threads, the caller has the lock.
 */
#ifndef EXACT_RECORD_H
#define EXACT_RECORD_H

#include "maps.h"
#include "threads.h"
#include "insn.h"
#include "powerfail/trace_format.h"

/*
 * Where the trace goes, what it says that the program is, and a file whose growth is recorded, or NULL. All
 * are kept. socket: an end of a socket pair, what was sent to which goes to that file; 0: none. ops: whether the trace tells how much of standard input was read.
 */
void pmem2_exact_record_init(const char *path, const char *program, const char *watched, int socket,
	bool ops);

/* A file is there, with what fd holds. Makes its shadow. */
void pmem2_exact_record_file(struct exact_file *file, int fd);
void pmem2_exact_record_attach(const struct exact_map *map);
void pmem2_exact_record_detach(const struct exact_map *map);

/*
 * Bytes in memory at a file's offset were stored there. call is the number of a call stack. Nothing is recorded of
 * no bytes.
 */
void pmem2_exact_record_store(const struct exact_thread *thread, struct exact_file *file,
	size_t offset, const void *bytes, size_t length, unsigned flags, uint32_t stack);

/* Whole lines were flushed, which are in the shadow as they are in memory. */
void pmem2_exact_record_flush(uint32_t thread, const struct exact_file *file, size_t offset,
	size_t length, enum pf_flush_kind kind, uint32_t stack);
/* A line of no file was flushed, at that address. */
void pmem2_exact_record_stray(uint32_t thread, uint64_t address, uint32_t stack);
void pmem2_exact_record_drain(uint32_t thread, enum pf_drain_kind kind, uint32_t stack);

void pmem2_exact_record_stack(uint32_t number, const uint64_t *frames, size_t count);
void pmem2_exact_record_module(uint64_t begin, uint64_t end, uint64_t bias, const char *path);
void pmem2_exact_record_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void pmem2_exact_record_exit(void);
void pmem2_exact_record_broken(void);

/* This is the child of a process with a trace: it gets its own with what it does next. */
void pmem2_exact_record_forked(void);

#endif
