/* SPDX-License-Identifier: BSD-3-Clause */
/* Recovery takes a record that has a length for one that is there, and its checksum for wrong. */
#include "broken.h"

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	struct record record;

	log->last = 0;
	log->end = START;
	log->next = log->first;
	log->tail = CLEAN;
	while (load(log, log->end + 8) != 0) {
		if (!read_record(log, log->end, &record)) {
			log->tail = DAMAGED;
			return;
		}
		if (visit)
			visit(&record);
		log->last = log->end;
		log->end = record.end;
		log->next++;
	}
}

void log_append(struct log *log, const char *payload, size_t length)
{
	sound_log_append(log, payload, length);
}
