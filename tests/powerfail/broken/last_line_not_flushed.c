/* SPDX-License-Identifier: BSD-3-Clause */
/* A range that begins within a line is flushed by steps of a line: the last one is not reached. */
#include "broken.h"

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	sound_log_scan(log, visit);
}

void log_append(struct log *log, const char *payload, size_t length)
{
	pmem2_flush_fn flush = pmem2_get_flush_fn(log->map);
	char *record = log->base + log->end;

	store_record(log, payload, length);
	for (size_t at = 8; at < whole_size(length) + HEAD; at += 64)
		flush(record + at, 1);
	pmem2_get_drain_fn(log->map)();
	commit(log, log->end, commit_word(log->next, length, payload));
	advance(log, whole_size(length));
}
