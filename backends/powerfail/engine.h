/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * engine.h -- the one state of the backend in a process, behind one lock.
 *
 * The lock gives the global order that the trace promises, and keeps model and trace in step. Its
 * holder may be stopped, but never waits for anything but memory.
 */
#ifndef POWERFAIL_ENGINE_H
#define POWERFAIL_ENGINE_H

#include <libpmem2/backend.h>
#include <stdbool.h>

#include "powerfail/model.h"
#include "powerfail/report.h"
#include "powerfail/stacks.h"
#include "powerfail/trace_write.h"

struct pf_map {
	char *address;
	size_t length, offset; /* bytes; offset in the file */
	struct pf_medium *medium;
	enum pmem2_granularity granularity;
	bool watched; /* the kernel tells which of its pages are written to */
};

/* Whether to look, at each drain, for what nobody flushed. */
enum pf_dirty {
	PF_DIRTY_OFF,
	PF_DIRTY_IF_CHEAP,
	PF_DIRTY_ON,
};

/* What PMEM2_POWERFAIL_* say; "" or false if unset. */
struct pf_settings {
	char trace[PATH_MAX];
	char report[PATH_MAX];
	bool stacks; /* whole call stacks, not call sites alone */
	enum pf_dirty dirty;
};

struct pf_engine {
	struct pf_settings settings;
	struct pf_model model;
	struct pf_stacks stacks;
	struct pf_trace trace;
	struct pf_report report;
	struct pf_arena threads;
	struct pf_thread msync; /* whose lines an msync(2) makes durable, under the lock */
	struct pf_medium **media;
	size_t media_count;
	struct pf_map *maps; /* by address */
	size_t map_count;
	const struct pf_map *last_map; /* the one of the last operation, or NULL */
	struct pf_module *modules;     /* those that the trace has */
	size_t module_count;
	uint64_t events; /* operations of this process */
	bool forked;     /* it is the child of one that had maps */
	uint64_t unseen; /* operations of signal handlers that interrupted another */
};

extern struct pf_engine pmem2_pf_engine;

/* What an operation does, as flags. */
enum {
	PF_FLUSHES = 1,
	PF_DRAINS = 2,
	PF_COPIED = 4, /* it is a copy */
	PF_MSYNC = 8,  /* by msync(2): whole pages, durable at once */
	PF_FENCE = 16, /* at BYTE, where a fence is enough */
};

/*
 * An operation on [ptr, ptr + size) was called from site. Its stores are done. Any thread, any
 * memory; keeps errno.
 */
void pmem2_pf_act(const void *ptr, size_t size, unsigned what, const void *site);

/* Makes the engine ready: 0 or -errno; once it is, at no cost. */
int pmem2_pf_start(void);

/* Whether the lock was got: not by a signal handler that interrupted its holder. */
bool pmem2_pf_enter(void);
void pmem2_pf_leave(void);

/* ---- for the engine's other files; all under the lock ---- */

/* Lines of a map. */
struct pf_lines {
	const struct pf_map *map;
	size_t offset, length; /* in the file, as the program named it */
	const char *content;   /* of all lines that have a part in it */
};

static inline size_t pmem2_pf_first_line(const struct pf_lines *lines)
{
	return lines->offset / PF_LINE;
}

static inline size_t pmem2_pf_line_count(const struct pf_lines *lines)
{
	return (lines->offset + lines->length + PF_LINE - 1) / PF_LINE - lines->offset / PF_LINE;
}

/* Who did it, for records. */
struct pf_who {
	uint32_t thread, stack;
};

/* Appends a record of lines; answers the copy of their content in it, or that given if there is none. */
const char *pmem2_pf_trace_lines(enum pf_record_kind kind, struct pf_who who, unsigned flags,
	const struct pf_lines *lines);

/* Notes what nobody flushed, of one map or of all whose stores are not durable by a fence. */
void pmem2_pf_note_dirty(struct pf_map *map, struct pf_who who, unsigned flags);

/* From what a line differs. */
enum pf_against {
	PF_LAST_SEEN, /* what the model has seen of it last */
	PF_DURABLE,   /* what is durable; a line that has something on its way counts as well */
};

/*
 * Calls visit for the lines in [begin, end) of a map, offsets in it, that differ. What cannot be
 * read, as the file was truncated, is passed over.
 */
void pmem2_pf_changed(const struct pf_map *map, size_t begin, size_t end, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg);

/* Likewise in all of a map, where only what was written to since the last such call is of interest. */
void pmem2_pf_changed_since(struct pf_map *map, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg);

/* Makes that quick, if the kernel can. */
void pmem2_pf_changed_watch(struct pf_map *map);

/* A child process has to look for changes otherwise than its parent did. */
void pmem2_pf_changed_forked(void);

#endif
