/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * broken.h -- examples/log_file.c with some of its functions under other names, so that a variant can have
 * broken ones in their place.
 */
#define log_append sound_log_append
#define log_scan   sound_log_scan
#include "../../../examples/log_file.c"
#undef log_append
#undef log_scan

void log_append(struct log *log, const char *payload, size_t length);
void log_scan(struct log *log, void (*visit)(const struct record *));

/* What sound_log_append does after its stores, and before. */

static inline size_t whole_size(size_t length)
{
	return HEAD + padded(length);
}

static inline void store_record(struct log *log, const char *payload, size_t length)
{
	char *record = log->base + log->end;
	size_t whole = whole_size(length);

	store(log, log->end + 8, length);
	log->memcpy(record + HEAD, payload, length, PMEM2_F_MEM_NOFLUSH);
	log->memset(record + HEAD + length, 0, whole - length, PMEM2_F_MEM_NOFLUSH);
}

static inline void advance(struct log *log, size_t whole)
{
	log->last = log->end;
	log->end += whole;
	log->next++;
}
