/* SPDX-License-Identifier: BSD-3-Clause */
/* layout.h -- where the images of several files are: to each other as the files themselves. */
#ifndef CRASHTEST_LAYOUT_H
#define CRASHTEST_LAYOUT_H

struct trace;

/*
 * The place of each file of the trace, from the directory on that all are below; NULL ends. A file that had the
 * path of an earlier one, or a path that does not fit, is in a directory of its own. NULL: no memory.
 */
char **layout_make(const struct trace *trace);
void layout_free(char **places);

#endif
