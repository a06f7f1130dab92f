/* SPDX-License-Identifier: BSD-3-Clause */
/* handler.h -- what happens when a function that returns nothing has failed to make stores durable. */
#ifndef PMEM2_HANDLER_H
#define PMEM2_HANDLER_H

#include <libpmem2/extra.h>

struct pmem2_handler {
	pmem2_flush_error_fn call; /* NULL: none */
	void *arg;
};

/*
 * Asks own, if it is one, or the process's handler; aborts the process if it says so, or if there is none.
 * Inside of a handler nobody is asked, and it returns. error is positive.
 */
void pmem2_handler_ask(const struct pmem2_handler *own, struct pmem2_map *map, const void *addr,
	size_t len, int error);

#endif
