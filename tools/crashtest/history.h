/* SPDX-License-Identifier: BSD-3-Clause */
/* history.h -- what the records of a trace tell about lines that are lost. */
#ifndef CRASHTEST_HISTORY_H
#define CRASHTEST_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pf_version;
struct trace;
struct unit;

/* The length of the flush or copy that made a version, bytes; 0: none did. */
size_t history_named_length(const struct trace *trace, const struct pf_version *v);

/* Whether what was flushed as a range, before some event, ended just before this line. */
bool history_is_after_flush(const struct trace *trace, const struct unit *u, uint64_t event);

#endif
