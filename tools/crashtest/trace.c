/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.c -- a trace, read once. */
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

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
		if (!add(t, record, &records, &files)) {
			trace_close(t);
			snprintf(t->error, sizeof(t->error), "%.400s: no memory for its records",
				path);
			return -1;
		}
	snprintf(t->error, sizeof(t->error), "%s", t->reader.error);
	return 0;
}

void trace_close(struct trace *t)
{
	free(t->record);
	free(t->file);
	pmem2_pf_reader_close(&t->reader);
}
