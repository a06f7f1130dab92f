/* SPDX-License-Identifier: BSD-3-Clause */
/* probe.h -- whether memory is there, without touching it. */
#ifndef PMEM2_PROBE_H
#define PMEM2_PROBE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the object of 1 to 4096 bytes can be read. No signal comes, and errno is kept. */
bool pmem2_probe_readable(const void *at, size_t size);

/* Whether it can be written to as well. It has 8 bytes at least, and is not changed. */
bool pmem2_probe_writable(void *at, size_t size);

#endif
