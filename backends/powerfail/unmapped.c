/* SPDX-License-Identifier: BSD-3-Clause */
/* unmapped.c -- what system calls do to a file, whether a part of it is mapped or not. */
#include "unmapped.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "lines.h"
#include "powerfail/model.h"
#include "powerfail/snapshot.h"
#include "sizes.h"

enum { BLOCK = 16 * PF_PAGE }; /* bytes read at once */

static struct pf_engine *const engine = &pmem2_pf_engine;
static char block[BLOCK]; /* under the engine's lock */

struct pf_medium *pmem2_pf_unmapped_find(int fd)
{
	struct pf_identity id = {0};
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	id.device = st.st_dev;
	id.inode = st.st_ino;
	return pmem2_pf_files_find(&id);
}

/* The program's descriptor may be for writing alone. */
static int open_to_read(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* What the file holds from a line on, with zeros behind its end. Returns how many lines were read. */
static size_t read_lines(int fd, size_t line, size_t count)
{
	size_t size = count * PF_LINE < BLOCK ? count * PF_LINE : BLOCK;
	ssize_t n = pread(fd, block, size, (off_t)(line * PF_LINE));

	if (n < 0)
		return 0;
	memset(block + n, 0, size - (size_t)n);
	return size / PF_LINE;
}

/* The lines need a map to be named by; of that, they use the file alone. */
static void note_run(struct pf_who who, struct pf_medium *medium, size_t line, size_t count,
	const char *content)
{
	const struct pf_map map = {.medium = medium};
	const struct pf_lines lines = {&map, line * PF_LINE, count * PF_LINE, content};

	if (count > 0)
		pmem2_pf_lines_dirty(who, false, &lines);
}

/* Those of `count` lines in the block that are not as they were seen last. */
static void compare(struct pf_who who, struct pf_medium *medium, size_t first, size_t count)
{
	size_t run = 0;

	for (size_t i = 0; i < count; i++) {
		const char *line = block + i * PF_LINE;

		if (!pmem2_pf_same_line(line,
			    pmem2_pf_model_last(engine->model, medium, first + i))) {
			run++;
			continue;
		}
		note_run(who, medium, first + i - run, run, line - run * PF_LINE);
		run = 0;
	}
	note_run(who, medium, first + count - run, run, block + (count - run) * PF_LINE);
}

void pmem2_pf_unmapped_resized(struct pf_who who, struct pf_medium *medium, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		pmem2_pf_sizes_note(who, medium, (size_t)st.st_size);
}

void pmem2_pf_unmapped_note(struct pf_who who, struct pf_medium *medium, int fd, size_t offset,
	size_t length)
{
	size_t line = offset / PF_LINE, end = (offset + length + PF_LINE - 1) / PF_LINE, count;
	int own = length > 0 ? open_to_read(fd) : -1;

	if (own < 0)
		return;
	if (end * PF_LINE > medium->capacity && pmem2_pf_medium_grow(medium, end * PF_LINE) != 0)
		end = medium->capacity / PF_LINE;
	while (line < end && (count = read_lines(own, line, end - line)) > 0) {
		compare(who, medium, line, count);
		line += count;
	}
	close(own);
}

/* The first map that shows a line of a file, or lines behind it; *end: where the line's unmapped part ends. */
static bool is_mapped(const struct pf_medium *medium, size_t line, size_t *end)
{
	size_t at = line * PF_LINE;

	for (size_t i = 0; i < engine->map_count; i++) {
		const struct pf_map *m = &engine->maps[i];

		if (m->medium != medium || m->length == 0)
			continue;
		if (at + PF_LINE > m->offset && at < m->offset + m->length) {
			*end = (m->offset + m->length + PF_LINE - 1) / PF_LINE;
			return true;
		}
		if (m->offset > at && m->offset / PF_LINE < *end)
			*end = m->offset / PF_LINE;
	}
	return false;
}

/* Those lines in the block that are not durable. */
static void flush(const struct pf_call *call, struct pf_medium *medium, size_t first, size_t count)
{
	const struct pf_map map = {.medium = medium};

	for (size_t i = 0; i < count; i++) {
		const struct pf_lines lines = {&map, (first + i) * PF_LINE, PF_LINE,
			block + i * PF_LINE};

		if (*pmem2_pf_slot(engine->model, medium, first + i) != 0 ||
			!pmem2_pf_same_line(lines.content, pmem2_pf_medium_line(medium, first + i)))
			pmem2_pf_lines_flush(call, &lines);
	}
}

/* The next lines that have data in the file, or had some. */
static bool next_lines(int fd, const struct pf_medium *medium, size_t *line, size_t *end)
{
	size_t at = *line * PF_LINE, stop = *end * PF_LINE, known = at, known_stop = stop;
	bool is_data = pmem2_pf_snapshot_extent(fd, &at, &stop);
	bool is_known = pmem2_pf_medium_next(medium, &known, &known_stop);

	if (is_known && (!is_data || known < at)) {
		at = known;
		stop = known_stop;
	}
	*line = at / PF_LINE;
	*end = (stop + PF_LINE - 1) / PF_LINE;
	return is_data || is_known;
}

static void sync_part(const struct pf_call *call, struct pf_medium *medium, int fd, size_t line,
	size_t end)
{
	size_t stop = end, count;

	for (; next_lines(fd, medium, &line, &stop); stop = end)
		for (; line < stop; line += count) {
			count = read_lines(fd, line, stop - line);
			if (count == 0)
				return;
			flush(call, medium, line, count);
		}
}

void pmem2_pf_unmapped_sync(const struct pf_actor *actor, struct pf_medium *medium, int fd)
{
	const struct pf_call call = {
		.thread = actor->thread,
		.stack = actor->stack,
		.msync = true,
		.syncer = pmem2_pf_engine_syncer(),
	};
	int own = call.syncer != NULL ? open_to_read(fd) : -1;
	size_t line = 0, last, end;
	struct stat st;

	if (own < 0)
		return;
	/* what stdio wrote made it longer unseen */
	pmem2_pf_unmapped_resized((struct pf_who){actor->thread->id, actor->stack}, medium, own);
	if (fstat(own, &st) == 0 && (size_t)st.st_size > medium->capacity)
		pmem2_pf_medium_grow(medium, (size_t)st.st_size);
	for (last = medium->capacity / PF_LINE; line < last; line = end) {
		end = last;
		if (!is_mapped(medium, line, &end))
			sync_part(&call, medium, own, line, end);
	}
	pmem2_pf_sizes_sync(&call, medium);
	close(own);
}
