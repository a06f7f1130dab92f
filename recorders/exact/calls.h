/* SPDX-License-Identifier: BSD-3-Clause */
/* calls.h -- system calls of the program that map files, change them, or make them durable. */
#ifndef EXACT_CALLS_H
#define EXACT_CALLS_H

#include <stdbool.h>
#include <stdint.h>

void pmem2_exact_calls_init(bool arm);

/* What QEMU calls before and after each. */
void pmem2_exact_on_enter(uint64_t id, unsigned cpu, int64_t number, uint64_t a, uint64_t b,
	uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h);
void pmem2_exact_on_leave(uint64_t id, unsigned cpu, int64_t number, int64_t result);

#endif
