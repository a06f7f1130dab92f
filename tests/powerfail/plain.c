/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain.h"

#include <stdlib.h>
#include <string.h>

static void flush_line(struct plain *p, int thread, size_t line, const char *content)
{
	unsigned i = p->flushes++;

	if (i == MOST_PENDING)
		abort();
	p->flushed[i].thread = thread;
	p->flushed[i].line = line;
	memcpy(p->flushed[i].content, content, LINE);
}

void plain_flush(struct plain *p, int thread, const char live[][LINE], size_t offset, size_t size)
{
	for (size_t line = offset / LINE; size > 0 && line <= (offset + size - 1) / LINE; line++)
		flush_line(p, thread, line, live[line]);
}

void plain_drain(struct plain *p, int thread)
{
	for (unsigned i = 0; i < p->flushes; i++) {
		size_t line = p->flushed[i].line;

		if (p->flushed[i].thread != thread)
			continue;
		p->flushed[i].thread = -1;
		if (i + 1 < p->durable_since[line])
			continue; /* another thread's later flush of it is durable already */
		p->durable_since[line] = i + 1;
		memcpy(p->durable[line], p->flushed[i].content, LINE);
	}
}

void plain_msync(struct plain *p, const char live[][LINE], size_t offset, size_t size)
{
	size_t first = offset / LINE / PAGE_LINES * PAGE_LINES;

	for (size_t line = first; size > 0 && line * LINE < offset + size; line += PAGE_LINES)
		plain_flush(p, 99, live, line * LINE, PAGE_LINES * LINE);
	plain_drain(p, 99);
}

void plain_fence(struct plain *p, int thread, const char live[][LINE])
{
	plain_flush(p, thread, live, 0, LINES * LINE);
	plain_drain(p, thread);
}
