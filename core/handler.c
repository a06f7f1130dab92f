/* SPDX-License-Identifier: BSD-3-Clause */
/* handler.c -- what happens when a function that returns nothing has failed to make stores durable. */
#include "handler.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	pthread_mutex_t lock;
	struct pmem2_handler handler;
} process = {.lock = PTHREAD_MUTEX_INITIALIZER};

__attribute__((weak)) int pmem2_set_flush_error_handler(pmem2_flush_error_fn handler, void *arg)
{
	pthread_mutex_lock(&process.lock);
	process.handler = (struct pmem2_handler){handler, arg};
	pthread_mutex_unlock(&process.lock);
	return 0;
}

static struct pmem2_handler of_process(void)
{
	pthread_mutex_lock(&process.lock);
	struct pmem2_handler handler = process.handler;
	pthread_mutex_unlock(&process.lock);
	return handler;
}

/* The caller cannot be told, and going on would lose data silently. */
static _Noreturn void give_up(const void *addr, size_t len, int error)
{
	char text[256];
	int n = snprintf(text, sizeof(text),
		"libpmem2: msync of %zu bytes at %p failed: %s; they may be lost, and no handler "
		"says what to do (pmem2_set_flush_error_handler)\n",
		len, addr, strerror(error));

	if (write(STDERR_FILENO, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1) < 0)
		abort();
	abort();
}

void pmem2_handler_ask(const struct pmem2_handler *own, struct pmem2_map *map, const void *addr,
	size_t len, int error)
{
	static _Thread_local bool inside;
	struct pmem2_handler handler = own->call != NULL ? *own : of_process();

	if (inside)
		return;
	if (handler.call == NULL)
		give_up(addr, len, error);

	inside = true;
	enum pmem2_flush_error_action action = handler.call(map, addr, len, error, handler.arg);
	inside = false;
	if (action != PMEM2_FLUSH_ERROR_GO_ON)
		give_up(addr, len, error);
}
