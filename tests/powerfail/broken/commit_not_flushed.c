/* SPDX-License-Identifier: BSD-3-Clause */
/* The commit word is not flushed. */
#include "broken.h"

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	sound_log_scan(log, visit);
}

void log_append(struct log *log, const char *payload, size_t length)
{
	store_record(log, payload, length);
	log->persist(log->base + log->end + 8, whole_size(length) + HEAD - 8);
	store(log, log->end, commit_word(log->next, length, payload));
	pmem2_get_drain_fn(log->map)();
	advance(log, whole_size(length));
}
