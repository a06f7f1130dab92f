/* SPDX-License-Identifier: BSD-3-Clause */
/* Records begin at multiples of 4, so that a commit word may be astride two lines. */
#include "broken.h"

static uint64_t load_any(const struct log *log, size_t at)
{
	uint64_t word;

	memcpy(&word, log->base + at, sizeof(word));
	return word;
}

static void store_any(struct log *log, size_t at, uint64_t word)
{
	memcpy(log->base + at, &word, sizeof(word));
}

static size_t whole_of(size_t length)
{
	return HEAD + padded(length) + 4;
}

void log_scan(struct log *log, void (*visit)(const struct record *))
{
	log->last = 0;
	log->end = START + 4;
	log->next = log->first;
	for (;;) {
		uint64_t word = load_any(log, log->end);
		struct record r = {
			.number = log->next,
			.length = load_any(log, log->end + 8),
			.payload = log->base + log->end + HEAD,
		};

		log->tail = word == 0 ? CLEAN : DAMAGED;
		if (word == 0 || !fits(log, log->end + 4, r.length) ||
			commit_word(r.number, r.length, r.payload) != word)
			return;
		if (visit)
			visit(&r);
		log->last = log->end;
		log->end += whole_of(r.length);
		log->next++;
	}
}

void log_append(struct log *log, const char *payload, size_t length)
{
	char *record;

	if (log->end == START)
		log_scan(log, NULL); /* log_open_to_write took it for a sound log */
	record = log->base + log->end;
	store_any(log, log->end + 8, length);
	log->memcpy(record + HEAD, payload, length, PMEM2_F_MEM_NOFLUSH);
	log->memset(record + HEAD + length, 0, whole_of(length) - length, PMEM2_F_MEM_NOFLUSH);
	log->persist(record + 8, whole_of(length) + HEAD - 8);
	store_any(log, log->end, commit_word(log->next, length, payload));
	log->persist(record, 8);
	advance(log, whole_of(length));
}
