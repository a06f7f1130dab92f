/* SPDX-License-Identifier: BSD-3-Clause */
/* draw.h -- a picture of a trace. */
#ifndef CRASHTEST_DRAW_H
#define CRASHTEST_DRAW_H

#include <stdbool.h>

struct replay;
struct results;

/* Whether the trace has something to be drawn. */
bool draw_has_something(const struct replay *r);

/* Draws offsets in files against events into a file svg; r is at the end. 0 or an exit status. */
int draw(const struct replay *r, const struct results *results, const char *svg);

#endif
