/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.c -- a trace, read once. */
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

static bool add(struct trace *t, const struct pf_record *record, size_t *records, size_t *files)
{
	if (!array_grow(&t->record, t->records, records, sizeof(struct pf_record *)))
		return false;
	t->record[t->records++] = record;
	if (pmem2_pf_record_kind(record) != PF_RECORD_FILE)
		return true;
	if (!array_grow(&t->file, t->files, files, sizeof(struct pf_record_file *)))
		return false;
	t->file[t->files++] = (const struct pf_record_file *)record;
	return true;
}

static bool has_pages(const struct trace *t)
{
	for (uint64_t i = 0; i < t->records; i++)
		if (pmem2_pf_record_kind(t->record[i]) == PF_RECORD_ATTACH &&
			(((const struct pf_record_map *)t->record[i])->granularity &
				PF_MAP_PAGES) != 0)
			return true;
	return false;
}

static bool is_same(const struct pf_record *record)
{
	enum pf_record_kind kind = pmem2_pf_record_kind(record);

	return (kind == PF_RECORD_FLUSH || kind == PF_RECORD_DIRTY) &&
	       (((const struct pf_record_lines *)record)->flags & PF_LINES_SAME) != 0;
}

/* false: no memory */
static bool find_moments(struct trace *t)
{
	uint64_t moment = 0;

	if (!has_pages(t))
		return true;
	t->moment = calloc(t->records, sizeof(*t->moment));
	for (uint64_t i = 0; t->moment != NULL && i < t->records; i++) {
		enum pf_record_kind kind = pmem2_pf_record_kind(t->record[i]);

		if ((kind == PF_RECORD_FLUSH || kind == PF_RECORD_DIRTY) && !is_same(t->record[i]))
			moment = i + 1;
		t->moment[i] = is_same(t->record[i]) ? moment : i + 1;
	}
	return t->moment != NULL;
}

static int no_memory(struct trace *t)
{
	const char *path = t->path;

	trace_close(t);
	snprintf(t->error, sizeof(t->error), "%.400s: no memory for its records", path);
	return -1;
}

int trace_open(struct trace *t, const char *path)
{
	const struct pf_record *record;
	size_t records = 0, files = 0;

	*t = (struct trace){.path = path};
	if (pmem2_pf_reader_open(&t->reader, path) != 0) {
		snprintf(t->error, sizeof(t->error), "%s", t->reader.error);
		return -1;
	}
	while ((record = pmem2_pf_reader_next(&t->reader)) != NULL)
		if (!add(t, record, &records, &files))
			return no_memory(t);
	if (!find_moments(t))
		return no_memory(t);
	snprintf(t->error, sizeof(t->error), "%s", t->reader.error);
	return 0;
}

void trace_close(struct trace *t)
{
	free(t->record);
	free(t->file);
	free(t->moment);
	pmem2_pf_reader_close(&t->reader);
}
