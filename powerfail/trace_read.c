/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_read.c -- reads a trace. */
#include "powerfail/trace_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "powerfail/medium.h"

static int fail(struct pf_reader *reader, const char *path, const char *why)
{
	snprintf(reader->error, sizeof(reader->error), "%.400s: %s", path, why);
	if (reader->base != NULL)
		munmap((void *)reader->base, reader->size);
	if (reader->fd >= 0)
		close(reader->fd);
	return -1;
}

static const char *defect(const struct pf_trace_header *h)
{
	if (memcmp(h->magic, PF_TRACE_MAGIC, sizeof(h->magic)) != 0)
		return "it is no trace";
	if (h->byte_order != PF_TRACE_ORDER)
		return "the trace is of a machine of the other byte order";
	if (h->version < PF_TRACE_OLDEST || h->version > PF_TRACE_VERSION)
		return "the trace is of another version";
	if (h->line_size != PF_LINE)
		return "the trace has lines of another size";
	return NULL;
}

int pmem2_pf_reader_open(struct pf_reader *reader, const char *path)
{
	struct stat st;
	void *base;

	*reader = (struct pf_reader){.fd = open(path, O_RDONLY | O_CLOEXEC)};
	if (reader->fd < 0 || fstat(reader->fd, &st) != 0)
		return fail(reader, path, strerror(errno));
	if (st.st_size < PF_TRACE_START)
		return fail(reader, path, "it is no trace");
	base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, reader->fd, 0);
	if (base == MAP_FAILED)
		return fail(reader, path, strerror(errno));

	reader->base = base;
	reader->size = (size_t)st.st_size;
	reader->header = base;
	if (defect(base) != NULL)
		return fail(reader, path, defect(base));
	pmem2_pf_reader_rewind(reader);
	return 0;
}

void pmem2_pf_reader_close(struct pf_reader *reader)
{
	munmap((void *)reader->base, reader->size);
	close(reader->fd);
}

void pmem2_pf_reader_rewind(struct pf_reader *reader)
{
	reader->at = PF_TRACE_START;
	reader->error[0] = '\0';
}

/* ---- records ---- */

static bool ends_within(const char *text, const char *end)
{
	return text < end && memchr(text, 0, (size_t)(end - text)) != NULL;
}

static bool file_is_sound(const struct pf_reader *reader, const struct pf_record *r,
	const char *end)
{
	const struct pf_record_file *f = (const struct pf_record_file *)r;

	return (const char *)f->path <= end && f->content % PF_PAGE == 0 &&
	       f->content >= reader->at && f->content <= reader->size &&
	       f->size <= (size_t)(end - reader->base) - f->content &&
	       ends_within(f->path, reader->base + f->content);
}

static bool lines_are_sound(const struct pf_record *r, const char *end)
{
	const struct pf_record_lines *l = (const struct pf_record_lines *)r;
	uint64_t last = l->offset + l->length;

	if (l->content > end || last < l->offset || last > UINT64_MAX - PF_LINE)
		return false;
	return (last + PF_LINE - 1) / PF_LINE - l->offset / PF_LINE <=
	       (size_t)(end - l->content) / PF_LINE;
}

static bool store_is_sound(const struct pf_record *r, const char *end)
{
	const struct pf_record_store *s = (const struct pf_record_store *)r;

	return s->bytes <= end && s->length > 0 && s->length <= (size_t)(end - s->bytes) &&
	       s->offset + s->length <= UINT64_MAX - PF_LINE && s->offset + s->length > s->offset;
}

static bool said_is_sound(const struct pf_record *r, const char *end)
{
	const struct pf_record_said *s = (const struct pf_record_said *)r;

	return s->bytes <= end && s->length <= (size_t)(end - s->bytes);
}

/* Whether the record holds what its kind has: the others are read without further questions. */
static bool is_sound(const struct pf_reader *reader, const struct pf_record *r)
{
	size_t size = pmem2_pf_record_size(r);
	const char *end = (const char *)r + size;

	switch (pmem2_pf_record_kind(r)) {
	case PF_RECORD_FILE:
		return file_is_sound(reader, r, end);
	case PF_RECORD_ATTACH:
	case PF_RECORD_DETACH:
		return size >= sizeof(struct pf_record_map);
	case PF_RECORD_WRITTEN:
	case PF_RECORD_FLUSH:
	case PF_RECORD_DIRTY:
		return lines_are_sound(r, end);
	case PF_RECORD_MODULE:
		return ends_within(((const struct pf_record_module *)r)->path, end);
	case PF_RECORD_STACK:
		return size >= sizeof(struct pf_record_stack) &&
		       ((const struct pf_record_stack *)r)->frames <=
		               (size - sizeof(struct pf_record_stack)) / sizeof(uint64_t);
	case PF_RECORD_STORE:
		return store_is_sound(r, end);
	case PF_RECORD_LEFT:
		return size >= sizeof(struct pf_record_left);
	case PF_RECORD_SAID:
		return said_is_sound(r, end);
	case PF_RECORD_NOTE:
		return ends_within(((const struct pf_record_note *)r)->text, end);
	case PF_RECORD_STRAY:
		return size >= sizeof(struct pf_record_stray);
	case PF_RECORD_DRAIN:
	case PF_RECORD_EXIT:
	case PF_RECORD_BROKEN:
		return true;
	}
	return false;
}

const struct pf_record *pmem2_pf_reader_next(struct pf_reader *reader)
{
	const struct pf_record *r = (const struct pf_record *)(reader->base + reader->at);

	if (reader->at + sizeof(*r) > reader->size || r->head == 0)
		return NULL;
	size_t size = pmem2_pf_record_size(r);
	if (size < sizeof(*r) || size % 8 != 0 || size > reader->size - reader->at ||
		!is_sound(reader, r)) {
		snprintf(reader->error, sizeof(reader->error),
			"the trace is damaged at %zu: no record begins with %016" PRIx64,
			reader->at, r->head);
		return NULL;
	}

	reader->at += size;
	return r;
}
