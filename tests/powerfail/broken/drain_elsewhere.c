/* SPDX-License-Identifier: BSD-3-Clause */
/* A thread that does nothing else drains for the one that flushes. */
#include <pthread.h>

#include "broken.h"

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	sound_log_scan(log, visit);
}

static void *drain_here(void *map)
{
	pmem2_get_drain_fn(map)();
	return NULL;
}

static void drain_there(struct log *log)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, drain_here, log->map) != 0)
		abort();
	pthread_join(thread, NULL);
}

void log_append(struct log *log, const char *payload, size_t length)
{
	pmem2_flush_fn flush = pmem2_get_flush_fn(log->map);

	store_record(log, payload, length);
	flush(log->base + log->end + 8, whole_size(length) + HEAD - 8);
	drain_there(log);
	store(log, log->end, commit_word(log->next, length, payload));
	flush(log->base + log->end, 8);
	drain_there(log);
	advance(log, whole_size(length));
}
