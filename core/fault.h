/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.h -- work on mapped memory that may raise SIGBUS. */
#ifndef PMEM2_FAULT_H
#define PMEM2_FAULT_H

#include <stddef.h>

/*
 * Runs work(arg). A load or store of [memory, memory + size) that hits SIGBUS ends it, in
 * this thread alone: PMEM2_E_IO_FAIL, without a sentence, and *where is the address (rounded
 * down, to a page as a rule). work must hold nothing that is lost when it is left half-way.
 *
 * The handler stays installed; signals that are not the work's go to the program's. One that the
 * program installs while work runs gets them all.
 */
int pmem2_fault_guard(const void *memory, size_t size, void (*work)(void *), void *arg,
	const void **where);

#endif
