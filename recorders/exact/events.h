/* SPDX-License-Identifier: BSD-3-Clause */
/* events.h -- what QEMU calls when an instruction runs; arg is its struct exact_insn. */
#ifndef EXACT_EVENTS_H
#define EXACT_EVENTS_H

#include <stdint.h>

#include "threads.h"

/* Whether x86's rule holds that an instruction with a LOCK waits for flushes, as a fence does. */
extern int pmem2_exact_locks_drain;

/* A thread goes on to another instruction: what the last one did is recorded. */
void pmem2_exact_settle(struct exact_thread *thread);

/* All threads go no further. */
void pmem2_exact_settle_all(void);

/* ---- before it runs ---- */

void pmem2_exact_on_block(unsigned cpu, void *arg); /* of instructions of no further interest */
void pmem2_exact_on_before(unsigned cpu, void *arg);
void pmem2_exact_on_flush(unsigned cpu, void *arg);
void pmem2_exact_on_drain(unsigned cpu, void *arg);
void pmem2_exact_on_call(unsigned cpu, void *arg);
void pmem2_exact_on_return(unsigned cpu, void *arg);

/* ---- after it stored ---- */

void pmem2_exact_on_store(unsigned cpu, uint32_t access, uint64_t address, void *arg);

#endif
