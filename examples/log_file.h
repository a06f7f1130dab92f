/* SPDX-License-Identifier: BSD-3-Clause */
/* log_file.h -- what log.c needs of log_file.c. Whatever fails prints a sentence and exits. */
#ifndef LOG_FILE_H
#define LOG_FILE_H 1

#include <libpmem2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OK, CORRUPT, TROUBLE }; /* exit status */

/* What stands after the last record. */
enum tail { CLEAN, UNFINISHED, OLD, DAMAGED };

struct record {
	uint32_t number;
	size_t length; /* of the payload, bytes */
	const char *payload;
	size_t end; /* offset of the next record */
};

struct log {
	const char *path;
	int fd;
	struct pmem2_map *map; /* NULL: the file is empty */
	char *base;
	size_t size; /* bytes; before a log is made: those it shall have */
	bool formatted;
	uint32_t first; /* number of the first record */
	uint32_t next;  /* number of the next record, */
	size_t end;     /* and its offset */
	size_t last;    /* offset of the last record; 0: there is none */
	enum tail tail;
	pmem2_persist_fn persist;
	pmem2_memcpy_fn memcpy;
	pmem2_memset_fn memset;
};

void log_open_to_read(struct log *log);
void log_open_to_write(struct log *log);
void log_scan(struct log *log, void (*visit)(const struct record *));
void log_append(struct log *log, const char *payload, size_t length);
void log_clear(struct log *log);
const char *log_granularity(const struct log *log);

void log_fail(const struct log *log, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));
void log_fail_damaged(const struct log *log) __attribute__((noreturn));

#endif
