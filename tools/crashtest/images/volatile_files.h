/* SPDX-License-Identifier: BSD-3-Clause */
/* volatile_files.h -- which files of a trace the parts that need no flush are in. */
#ifndef CRASHTEST_VOLATILE_FILES_H
#define CRASHTEST_VOLATILE_FILES_H

#include <stdbool.h>

struct trace;
struct volatiles;

/*
 * Makes a list of parts, whose files are paths of the trace. What has no file there keeps its name, and is unmapped.
 * false: no memory. from may be NULL: the list is empty then.
 */
bool volatile_files_find(struct volatiles *list, const struct volatiles *from,
	const struct trace *trace);

#endif
