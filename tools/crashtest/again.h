/* SPDX-License-Identifier: BSD-3-Clause */
/* again.h -- makes an image again, by its name. */
#ifndef CRASHTEST_AGAIN_H
#define CRASHTEST_AGAIN_H

struct options;

/* The image options->image of the trace options->trace. 0 or an exit status. */
int again(const struct options *options);

#endif
