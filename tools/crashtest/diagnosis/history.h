/* SPDX-License-Identifier: BSD-3-Clause */
/* history.h -- what the records of a trace tell about lines that are lost. */
#ifndef CRASHTEST_HISTORY_H
#define CRASHTEST_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pf_record_lines;
struct pf_record_store;
struct pf_version;
struct trace;
struct unit;

/* The length of the flush or copy that made a version, bytes; 0: none did. */
size_t history_named_length(const struct trace *trace, const struct pf_version *v);

/* Whether what was flushed as a range, before some event, ended just before this line. */
bool history_is_after_flush(const struct trace *trace, const struct unit *u, uint64_t event);

/* Whether the thread of a store drained after it, up to an event. */
bool history_drained(const struct trace *trace, uint64_t store, uint64_t event);

/*
 * The last flush of a line that its thread made before a store to it, with no drain between; NULL: there
 * is none.
 */
const struct pf_record_lines *history_flush_before(const struct trace *trace, uint64_t store);

/* The record of a store, by its event; NULL: it is of another kind. */
const struct pf_record_store *history_store(const struct trace *trace, uint64_t event);

#endif
