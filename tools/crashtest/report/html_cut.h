/* SPDX-License-Identifier: BSD-3-Clause */
/* html_cut.h -- what happened around a cut, and which bytes it lost and kept. */
#ifndef CRASHTEST_HTML_CUT_H
#define CRASHTEST_HTML_CUT_H

#include <stdio.h>

struct group;
struct options;

/* Tables of both, for the image of a group. Nothing, if the trace can be read no more. */
void html_cut(FILE *out, const struct options *options, const struct group *g, const char *trace);

#endif
