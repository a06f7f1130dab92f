/* SPDX-License-Identifier: BSD-3-Clause */
/* plain.h -- what flushes and drains make durable, as plainly as it can be said. */
#ifndef TESTS_PLAIN_H
#define TESTS_PLAIN_H

#include <stddef.h>

enum { LINE = 64, LINES = 128, PAGE_LINES = 64, MOST_PENDING = 1 << 17 };

struct plain {
	char durable[LINES][LINE];
	unsigned durable_since[LINES]; /* the flush that made it so */
	struct {
		int thread; /* -1: drained */
		size_t line;
		char content[LINE];
	} flushed[MOST_PENDING]; /* in the order of the flushes */
	unsigned flushes;
};

/* live is what the file's lines hold now */
void plain_flush(struct plain *p, int thread, const char live[][LINE], size_t offset, size_t size);
void plain_drain(struct plain *p, int thread);
void plain_msync(struct plain *p, const char live[][LINE], size_t offset, size_t size);
void plain_fence(struct plain *p, int thread, const char live[][LINE]); /* at BYTE */

#endif
