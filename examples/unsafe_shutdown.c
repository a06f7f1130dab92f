/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * unsafe_shutdown.c -- a file that knows when it can no longer be trusted.
 *
 * Power may fail in a way that keeps the DIMMs from saving what the memory controller still held: data that
 * was made durable by all the rules is lost. The DIMMs count such shutdowns. A file is
 * suspect if the count rose while the file was in use; one that was closed had been flushed further
 * than that, and survives.
 *
 *	unsafe_shutdown FILE open    say how the file was left, and mark it in use
 *	unsafe_shutdown FILE close   mark it closed, whatever happened
 *
 * A crash is an `open` without its `close`.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libpmem2.h>

enum { OK, SUSPECT, TROUBLE }; /* exit statuses */

#define SIZE ((off_t)4096)

/* What the file begins with. */
struct header {
	uint64_t
		in_use; /* 8 aligned bytes: a power cut finds the old or the new value, no mixture */
	uint64_t count; /* unsafe shutdowns of the DIMMs at the time of `open` */
	char id[1024];  /* of which DIMMs */
};

struct file {
	struct pmem2_source *source;
	struct pmem2_map *map;
	struct header *header;
};

static int fail(const char *what)
{
	pmem2_perror("unsafe_shutdown: %s", what);
	return TROUBLE;
}

static int open_file(struct file *file, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) || (status.st_size < SIZE && ftruncate(fd, SIZE))) {
		perror(path);
		return TROUBLE;
	}
	struct pmem2_config *config;

	if (pmem2_source_from_fd(&file->source, fd) || pmem2_config_new(&config) ||
		pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE) ||
		pmem2_map_new(&file->map, config, file->source))
		return fail(path);
	pmem2_config_delete(&config);
	file->header = pmem2_map_get_address(file->map);
	return OK;
}

/* What the DIMMs say now. */
static int ask(const struct file *file, struct header *now)
{
	size_t size = sizeof(now->id);

	memset(now, 0, sizeof(*now));
	if (pmem2_source_device_id(file->source, now->id, &size) ||
		pmem2_source_device_usc(file->source, &now->count))
		return fail("the file's DIMMs do not tell");
	return OK;
}

/* As far as software can push it: what is only persisted, an unsafe shutdown may lose. */
static int deep_flush(const struct file *file)
{
	if (pmem2_deep_flush(file->map, file->header, pmem2_map_get_size(file->map)))
		return fail("deep flush");
	return OK;
}

static int set_in_use(const struct file *file, uint64_t in_use)
{
	__atomic_store_n(&file->header->in_use, in_use, __ATOMIC_RELAXED);
	return deep_flush(file);
}

static int judge(const struct header *left, const struct header *now)
{
	if (!left->in_use) {
		puts("closed: the file is sound");
		return OK;
	}
	if (strncmp(left->id, now->id, sizeof(left->id)) != 0) {
		puts("suspect: it was in use on other DIMMs");
		return SUSPECT;
	}
	if (left->count != now->count) {
		printf("suspect: in use during an unsafe shutdown, the count was %" PRIu64
		       " and is %" PRIu64 "\n",
			left->count, now->count);
		return SUSPECT;
	}
	puts("crashed: it was in use, and what was made durable is there");
	return OK;
}

static int mark_open(const struct file *file)
{
	struct header now;

	if (ask(file, &now))
		return TROUBLE;
	int verdict = judge(file->header, &now);

	if (verdict == SUSPECT)
		return SUSPECT; /* left as it is, for `open` to say the same again */
	/* id and count first: they must not be older than the mark */
	file->header->count = now.count;
	memcpy(file->header->id, now.id, sizeof(now.id));
	if (deep_flush(file))
		return TROUBLE;
	return set_in_use(file, true);
}

/* All that the program stored must be as safe as the mark: first it, then the mark. */
static int mark_closed(const struct file *file)
{
	if (deep_flush(file))
		return TROUBLE;
	return set_in_use(file, false);
}

int main(int argc, char *argv[])
{
	const bool opening = argc == 3 && strcmp(argv[2], "open") == 0;
	const bool closing = argc == 3 && strcmp(argv[2], "close") == 0;
	struct file file;

	if (!opening && !closing) {
		fprintf(stderr, "usage: unsafe_shutdown FILE open | close\n");
		return TROUBLE;
	}
	if (open_file(&file, argv[1]))
		return TROUBLE;
	int status = opening ? mark_open(&file) : mark_closed(&file);

	pmem2_map_delete(&file.map);
	pmem2_source_delete(&file.source);
	return status;
}
