/* SPDX-License-Identifier: BSD-3-Clause */
/* backend.h -- the backend powerfail, which is loaded when the program first maps a file. */
#ifndef PRELOAD_BACKEND_H
#define PRELOAD_BACKEND_H

#include <libpmem2/base.h>
#include <stdbool.h>

#include "powerfail/follow.h"

enum { PRELOAD_REFUSED = 125 }; /* the exit status of a program that cannot be recorded */

/* What the environment asks for. */
struct preload_settings {
	bool on;     /* PMEM2_BACKEND names powerfail */
	bool all;    /* all mappings are of the forced granularity, whatever the program asks */
	int forced;  /* enum pmem2_granularity, or -1 */
	int is_pmem; /* what pmem_is_pmem() is to return: 0 or 1; -1: what is true */
	int flushes; /* PMEM_NO_FLUSH: 1 flushes, 0 does not; -1: as the granularity wants */
};

const struct preload_settings *pmem2_preload_settings(void);

/* By itself, this library makes nothing durable: ends the program if the backend is not wanted. */
void pmem2_preload_require(void);

/* NULL: it is not loaded, and nothing is followed. */
const struct pf_follow *pmem2_preload_follow(void);

/* Loads it; NULL: it is not wanted, or this thread is loading it. */
const struct pf_follow *pmem2_preload_start(void);

/* ---- what the functions of libpmem do ---- */

struct preload_operations {
	pmem2_persist_fn persist;
	pmem2_flush_fn flush, deep_flush;
	pmem2_drain_fn drain;
	pmem2_memmove_fn memmove;
	pmem2_memset_fn memset;
};

/* Plain stores, as long as nothing is followed. */
extern const struct preload_operations *pmem2_preload_operations;

/* Ends the program with a sentence: a record of it would not be true. */
void pmem2_preload_refuse(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
