/* SPDX-License-Identifier: BSD-3-Clause */
/* preload.h -- has a program load the recorder that follows libpmem and msync(2). */
#ifndef CRASHTEST_PRELOAD_H
#define CRASHTEST_PRELOAD_H

#include <stdbool.h>

/* Whether the recorder is installed. */
bool preload_is_there(void);

/*
 * Sets the environment for it, in the process that will become the program. all: the granularity that is forced is
 * that of all mappings.
 */
void preload_environment(bool all);

#endif
