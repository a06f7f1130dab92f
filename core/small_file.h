/* SPDX-License-Identifier: BSD-3-Clause */
/* small_file.h -- read a file of sysfs or /proc: a text, or a number. */
#ifndef PMEM2_SMALL_FILE_H
#define PMEM2_SMALL_FILE_H

#include <stddef.h>
#include <stdint.h>

/* None of these sets the error sentence: the caller knows what the question was. */

/* Reads a file of at most size - 1 bytes without its final newline. -errno; -E2BIG if longer. */
int pmem2_small_file_read(const char *path, char *text, size_t size);

/* Reads a number, decimal or 0x. -errno, or -EINVAL for what is no number or too large. */
int pmem2_small_file_read_u64(const char *path, uint64_t *value);

#endif
