/* SPDX-License-Identifier: BSD-3-Clause */
/* The commit word is stored and flushed before the payload is drained. */
#include "broken.h"

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	sound_log_scan(log, visit);
}

void log_append(struct log *log, const char *payload, size_t length)
{
	pmem2_flush_fn flush = pmem2_get_flush_fn(log->map);

	store_record(log, payload, length);
	flush(log->base + log->end + 8, whole_size(length) + HEAD - 8);
	store(log, log->end, commit_word(log->next, length, payload));
	flush(log->base + log->end, 8);
	pmem2_get_drain_fn(log->map)();
	advance(log, whole_size(length));
}
