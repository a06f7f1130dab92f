/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * records.h -- the records of the trace, each filled in here; nothing if no trace is wanted.
 *
 * Call stacks and modules are recorded once, before the first record that needs them. All under
 * the engine's lock.
 */
#ifndef POWERFAIL_RECORDS_H
#define POWERFAIL_RECORDS_H

#include "engine.h"

struct pf_content;
struct pf_frames;
struct pf_module;

/* Begins the trace, if one is wanted. 0 or -errno. */
int pmem2_pf_records_begin(void);

/* Begins a child's own trace, with what its parent's had: files, maps, modules, stacks. */
void pmem2_pf_records_forked(void);

/* Whether records are written. */
bool pmem2_pf_records_on(void);

/* Whether the settings want records. If not, none need be asked for. */
static inline bool pmem2_pf_records_are_wanted(void)
{
	return pmem2_pf_engine.trace_path[0] != '\0';
}

/* The number of a call stack, recorded if it is new; 0: there is no room for it. */
uint32_t pmem2_pf_record_stack(const struct pf_frames *frames);

/* The same of a call site, which is a stack of one frame. */
uint32_t pmem2_pf_record_site(const void *site);

/*
 * Records a file with what it holds. *fd and *at are a copy of that, which the caller closes; without
 * a trace the copy is a file without name. 0 or -errno.
 */
int pmem2_pf_record_file(const struct pf_medium *medium, const struct pf_content *content, int *fd,
	size_t *at);

void pmem2_pf_record_attach(const struct pf_map *map);
void pmem2_pf_record_detach(const struct pf_map *map);

/*
 * Records lines that were flushed, by a copy or not. Returns the copy of their content in the record,
 * which the program cannot change meanwhile; without a trace, lines->content.
 */
const char *pmem2_pf_record_flush(struct pf_who who, bool copy, bool msync,
	const struct pf_lines *lines);

/* Records lines that nobody flushed; last: found as the mapping, or the program, ended. */
void pmem2_pf_record_dirty(struct pf_who who, bool last, const struct pf_lines *lines);

/* Records lines that are durable without a flush. Returns their content as that of a flush. */
const char *pmem2_pf_record_written(const struct pf_lines *lines);

/* Records what the program has written meanwhile to the file that is watched, if one is. */
void pmem2_pf_record_said(void);

void pmem2_pf_record_drain(struct pf_who who, bool msync);
void pmem2_pf_record_stray(struct pf_who who, const void *address, size_t length);
/* A sentence for the report. */
void pmem2_pf_record_note(const char *text);
void pmem2_pf_record_exit(void);

/* ---- for the report ---- */

/* The frames of a stack, by its number: how many. */
size_t pmem2_pf_records_frames(uint32_t stack, const uintptr_t **frames);

/* All modules that are or were in memory. */
const struct pf_module *pmem2_pf_records_modules(size_t *count);

#endif
