/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * threads.h -- the program's threads, and the lock that puts what they do in one order.
 *
 * While there is but one thread nothing is locked. Else a thread takes the lock before an
 * instruction that may store to a followed mapping, and gives it back when what was stored is recorded.
 */
#ifndef EXACT_THREADS_H
#define EXACT_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EXACT_DEPTH = 256,            /* of a call stack, as far as it is followed */
	EXACT_MOST_THREADS = 1 << 16, /* at a time */
};

struct exact_frame {
	uint64_t place; /* the stack pointer when it was called */
	uint64_t ret;   /* where it returns to */
	uint64_t hash;  /* of this frame and those outside of it */
};

struct exact_thread {
	unsigned id; /* in the trace, from 1 */
	bool holds;  /* the lock */
	bool waits;  /* it flushed, or stored past the caches, since it last drained */

	/* a store, the parts of which are gathered */
	struct exact_insn *storing; /* NULL: none */
	unsigned file;
	size_t offset, length, expected; /* bytes */
	char bytes[64];

	/* where an instruction may have stored of which QEMU does not tell; size 0: none */
	uint64_t hidden_at;
	size_t hidden_size;
	unsigned hidden_flags;
	uint32_t hidden_stack;

	struct exact_frame frames[EXACT_DEPTH];
	unsigned depth;

	int64_t call;         /* the system call that it is in */
	uint64_t argument[6]; /* of that */
	void *registers[32];  /* QEMU's names of them, if it reads them */
};

/* A thread begins or ends. */
void pmem2_exact_threads_begin(unsigned cpu);
void pmem2_exact_threads_end(unsigned cpu);

/* The child of fork(2) has the calling thread alone, and no lock. */
void pmem2_exact_threads_forked(void);

struct exact_thread *pmem2_exact_thread(unsigned cpu);

/* Whether there are several. */
bool pmem2_exact_threads_several(void);

/* How often the lock was taken from a thread that did not give it back: order may be lost then. */
unsigned long pmem2_exact_threads_forced(void);

/* Both do nothing if there is but one thread, or if it is done already. */
void pmem2_exact_lock(struct exact_thread *thread);
void pmem2_exact_unlock(struct exact_thread *thread);

#endif
