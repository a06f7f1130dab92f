/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * log_file.c -- an append-only log on a mapping; a record counts when its commit word is durable.
 *
 * The file, in the machine's byte order, everything on 8-byte boundaries, so that no word is ever
 * astride two cache lines:
 *
 *   0     magic, stored last when the file is formatted
 *   8     the log's size in units of 4096 bytes, sealed
 *   16    the number of the first record, sealed; clearing the log raises it
 *   64    the records, without gaps. A record is
 *           commit   (8) its number, and a checksum of number, length and payload; 0: no record
 *           length   (8) bytes of payload
 *           payload  padded with zeros to a multiple of 8
 *
 * The order that makes it safe, at every store granularity:
 *   1. length, payload, and zeros where the next record's commit and length will be; persist
 *   2. the commit word, in one 8-byte store; persist
 *   3. the acknowledgement
 * A crash before 2 leaves a commit word of 0, whatever became of the rest. After the last record
 * always stand those zeros, never the bytes of an older and longer one. A sealed word carries its
 * own checksum, so that it changes in one store as well.
 */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, MAGIC_AT = 0, SIZE_AT = 8, FIRST_AT = 16, BLANK_AT = 24, START = 64 };
enum { HEAD = 16 }; /* commit and length */

static const uint64_t magic = UINT64_C(0x31676f6c326d7000); /* "\0pm2log1" */

void log_fail(const struct log *log, int status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "log: %s: ", log->path);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

/* ---- words and checksums ---- */

/* CRC-32, four bits at a time; the first call passes 0, the next ones the result so far. */
static uint32_t checksum(uint32_t crc, const void *data, size_t length)
{
	static uint32_t table[16];
	const unsigned char *byte = data;

	for (uint32_t i = 0; table[15] == 0 && i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}

	crc = ~crc;
	while (length-- > 0) {
		crc ^= *byte++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static uint64_t sealed(uint32_t value)
{
	return (uint64_t)checksum(0, &value, sizeof(value)) << 32 | value;
}

static uint64_t commit_word(uint32_t number, uint64_t length, const char *payload)
{
	uint32_t check = checksum(0, &number, sizeof(number));

	check = checksum(check, &length, sizeof(length));
	return (uint64_t)checksum(check, payload, length) << 32 | number;
}

static uint64_t load(const struct log *log, size_t at)
{
	return __atomic_load_n((const uint64_t *)(const void *)(log->base + at), __ATOMIC_ACQUIRE);
}

static void store(struct log *log, size_t at, uint64_t word)
{
	__atomic_store_n((uint64_t *)(void *)(log->base + at), word, __ATOMIC_RELEASE);
}

/* One word, whole or not at all; durable on return. */
static void commit(struct log *log, size_t at, uint64_t word)
{
	store(log, at, word);
	log->persist(log->base + at, sizeof(word));
}

/* ---- reading records ---- */

static size_t padded(size_t length)
{
	return (length + 7) & ~(size_t)7;
}

/* Whether a record of that length, and the zeros after it, have room at `at`. */
static bool fits(const struct log *log, size_t at, size_t length)
{
	size_t left = log->size - at;

	return left >= 2 * HEAD && length <= left - 2 * HEAD;
}

/* A length found in the file is believed up to the log's end; the rest the checksum decides. */
static bool read_record(const struct log *log, size_t at, struct record *record)
{
	uint64_t word = load(log, at);

	record->number = (uint32_t)word;
	record->length = load(log, at + 8);
	record->payload = log->base + at + HEAD;
	if (!fits(log, at, record->length))
		return false;
	record->end = at + HEAD + padded(record->length);
	return commit_word(record->number, record->length, record->payload) == word;
}

/* There is no record at the end: is that an honest end, or damage? */
static enum tail judge_tail(const struct log *log)
{
	struct record record;
	uint64_t word = load(log, log->end);

	if (word == 0)
		return load(log, log->end + 8) == 0 ? CLEAN : UNFINISHED;
	/* a crash in log_clear, after it raised the first number, leaves one sound old record */
	if (log->end == START && (uint32_t)word < log->first && read_record(log, START, &record))
		return OLD;
	return DAMAGED;
}

/* Walks the records; visit, unless NULL, gets each. */
void log_scan(struct log *log, void (*visit)(const struct record *))
{
	struct record record;

	log->last = 0;
	log->end = START;
	log->next = log->first;
	while ((uint32_t)load(log, log->end) == log->next && read_record(log, log->end, &record)) {
		if (visit)
			visit(&record);
		log->last = log->end;
		log->end = record.end;
		log->next++;
	}
	log->tail = judge_tail(log);
}

void log_fail_damaged(const struct log *log)
{
	log_fail(log, CORRUPT,
		"record %u at offset %zu is corrupt: its commit word %016" PRIx64
		" does not fit its payload, or its place; `dump` saves what is before it",
		log->next, log->end, load(log, log->end));
}

/* ---- opening ---- */

/* Whether the file is what formatting leaves when it is cut short: no magic, and no records. */
static bool is_blank(const struct log *log, size_t mapped)
{
	uint64_t size = load(log, SIZE_AT);
	uint64_t first = load(log, FIRST_AT);

	if ((size != 0 && size != sealed((uint32_t)size)) || (first != 0 && first != sealed(1)))
		return false;
	for (size_t at = BLANK_AT; at + 8 <= mapped; at += 8) {
		if (load(log, at) != 0)
			return false;
	}
	return true;
}

static void read_header(struct log *log)
{
	size_t mapped = pmem2_map_get_size(log->map);

	if (mapped < PAGE)
		log_fail(log, CORRUPT, "no log: %zu bytes, and a log has %d or more", mapped, PAGE);

	uint64_t word = load(log, MAGIC_AT);
	uint64_t pages = load(log, SIZE_AT);
	uint64_t first = load(log, FIRST_AT);

	if (word == 0 && is_blank(log, mapped)) {
		log->size = mapped / PAGE * PAGE;
		return;
	}
	if (word != magic)
		log_fail(log, CORRUPT,
			"no log: it begins with %016" PRIx64 ", not with %016" PRIx64
			", and is not blank; name another file",
			word, magic);
	if (pages != sealed((uint32_t)pages) || (uint32_t)pages == 0 ||
		first != sealed((uint32_t)first))
		log_fail(log, CORRUPT,
			"the header is corrupt: size %016" PRIx64 ", first %016" PRIx64, pages,
			first);

	log->formatted = true;
	log->first = (uint32_t)first;
	log->size = (size_t)(uint32_t)pages * PAGE;
	if (log->size > mapped)
		log_fail(log, CORRUPT, "the log has %zu bytes, the file %zu: it was truncated",
			log->size, mapped);
}

static void map_file(struct log *log, unsigned protection)
{
	struct pmem2_source *source = NULL;
	struct pmem2_config *config = NULL;

	if (pmem2_source_from_fd(&source, log->fd) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_config_set_protection(config, protection) ||
		pmem2_map_new(&log->map, config, source))
		log_fail(log, TROUBLE, "%s", pmem2_errormsg());
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);

	log->base = pmem2_map_get_address(log->map);
	log->persist = pmem2_get_persist_fn(log->map);
	log->memcpy = pmem2_get_memcpy_fn(log->map);
	log->memset = pmem2_get_memset_fn(log->map);
	read_header(log);
}

/* Opens, and locks out whoever would disturb us. */
static void open_file(struct log *log, int flags, int lock, struct stat *st)
{
	log->fd = open(log->path, flags | O_CLOEXEC, 0666);
	if (log->fd < 0 || fstat(log->fd, st))
		log_fail(log, TROUBLE, "cannot open it: %s", strerror(errno));
	if (flock(log->fd, lock | LOCK_NB) && errno == EWOULDBLOCK)
		log_fail(log, TROUBLE, "another process has it open; wait until that ends");
}

/* After a kill, what is seen may not be durable yet: log_open_to_write makes it so. */
void log_open_to_read(struct log *log)
{
	struct stat st;

	open_file(log, O_RDONLY, LOCK_SH, &st);
	if (!S_ISREG(st.st_mode) || st.st_size > 0)
		map_file(log, PMEM2_PROT_READ);
}

/* Gives the file size and blocks, and makes them and its name durable: persist does not. */
static void allocate(struct log *log, size_t size)
{
	char *path = strdup(log->path);
	int dir = path ? open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (dir < 0)
		log_fail(log, TROUBLE, "cannot open its directory: %s", strerror(errno));
	if (ftruncate(log->fd, (off_t)size))
		log_fail(log, TROUBLE, "cannot give it %zu bytes: %s", size, strerror(errno));
	errno = posix_fallocate(log->fd, 0, (off_t)size);
	if (errno) {
		const char *why = strerror(errno);

		if (ftruncate(log->fd, 0)) /* empty again, so that another size can be tried */
			why = "and it cannot be emptied again; remove it";
		log_fail(log, TROUBLE, "cannot allocate %zu bytes: %s; name less with --size", size,
			why);
	}
	if (fsync(log->fd) || fsync(dir))
		log_fail(log, TROUBLE, "cannot make the new file durable: %s", strerror(errno));
	close(dir);
	free(path);
}

static void format(struct log *log)
{
	log->first = 1;
	store(log, SIZE_AT, sealed((uint32_t)(log->size / PAGE)));
	store(log, FIRST_AT, sealed(log->first));
	log->persist(log->base, START);
	commit(log, MAGIC_AT, magic);
}

/* The commit word goes first: without its length it would look like damage. */
static void wipe_start(struct log *log)
{
	commit(log, START, 0);
	commit(log, START + 8, 0);
}

/*
 * Opens, makes the file if there is none, and recovers. A writer that was killed between a word's
 * store and its persist left what we see, but a power cut could still take. What the next record
 * builds on is therefore persisted first: the header, and the last commit word; those before it
 * were durable when the next record was begun.
 */
void log_open_to_write(struct log *log)
{
	struct stat st;

	open_file(log, O_RDWR | O_CREAT, LOCK_EX, &st);
	if (S_ISREG(st.st_mode) && st.st_size == 0)
		allocate(log, log->size);
	map_file(log, PMEM2_PROT_READ | PMEM2_PROT_WRITE);
	fprintf(stderr, "log: %s: granularity %s, variant %s\n", log->path, log_granularity(log),
		pmem2_map_get_backend_name(log->map));

	if (!log->formatted) {
		if (S_ISREG(st.st_mode) && st.st_size > 0)
			allocate(log, (size_t)st.st_size);
		format(log);
	}
	log_scan(log, NULL);
	if (log->tail == DAMAGED)
		log_fail_damaged(log);
	log->persist(log->base, START);
	if (log->last)
		log->persist(log->base + log->last, sizeof(uint64_t));
	if (log->tail == OLD)
		wipe_start(log);
}

const char *log_granularity(const struct log *log)
{
	static const char *const names[] = {"BYTE", "CACHE_LINE", "PAGE"};

	return names[pmem2_map_get_store_granularity(log->map)];
}

/* ---- writing ---- */

void log_append(struct log *log, const char *payload, size_t length)
{
	char *record = log->base + log->end;
	size_t whole = HEAD + padded(length);

	if (!fits(log, log->end, length) || log->next == UINT32_MAX)
		log_fail(log, TROUBLE,
			"full: record %u of %zu bytes needs %zu, %zu are left; "
			"clear the log, or begin a larger one with --size",
			log->next, length, whole + HEAD, log->size - log->end);

	store(log, log->end + 8, length);
	log->memcpy(record + HEAD, payload, length, PMEM2_F_MEM_NOFLUSH);
	log->memset(record + HEAD + length, 0, whole - length, PMEM2_F_MEM_NOFLUSH);
	log->persist(record + 8, whole + HEAD - 8);
	commit(log, log->end, commit_word(log->next, length, payload));

	log->last = log->end;
	log->end += whole;
	log->next++;
}

/* Old records are told by their numbers, which never come twice. */
void log_clear(struct log *log)
{
	commit(log, FIRST_AT, sealed(log->next));
	wipe_start(log);
}
