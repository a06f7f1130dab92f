/* SPDX-License-Identifier: BSD-3-Clause */
/* After the last record is what was there before the log was cleared, and used again. */
#include "broken.h"

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	sound_log_scan(log, visit);
}

void log_append(struct log *log, const char *payload, size_t length)
{
	size_t whole = whole_size(length);

	store(log, log->end + 8, length);
	log->memcpy(log->base + log->end + HEAD, payload, length, PMEM2_F_MEM_NOFLUSH);
	log->persist(log->base + log->end + 8, whole - 8);
	commit(log, log->end, commit_word(log->next, length, payload));
	advance(log, whole);
}
