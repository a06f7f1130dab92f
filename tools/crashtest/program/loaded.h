/* SPDX-License-Identifier: BSD-3-Clause */
/* loaded.h -- which libpmem2 a program loads. */
#ifndef CRASHTEST_LOADED_H
#define CRASHTEST_LOADED_H

#include <stddef.h>

/* A phrase: which libpmem2 the program of that name loads, and how to have it load this one. */
void loaded_explain(const char *program, char *text, size_t size);

#endif
