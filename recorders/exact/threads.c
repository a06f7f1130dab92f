/* SPDX-License-Identifier: BSD-3-Clause */
/* threads.c -- the program's threads, and the lock that orders them. */
#include "threads.h"

#include <sched.h>
#include <stdlib.h>

#include "refuse.h"

enum { SPINS = 64 }; /* before the CPU is left to others */

/*
 * Turns of waiting before the lock is taken from its owner. It may never give it back:
 * QEMU stops all other threads for an atomic access that crosses lines, those that wait here have
 * to come to an end first, and the owner waits for them. A turn leaves the CPU to whoever can run.
 */
static const unsigned long patience = 20000000;

static struct exact_thread *threads[EXACT_MOST_THREADS]; /* by CPU; kept when a thread ends */
static unsigned count, living;
static const struct exact_thread *owner;
static unsigned long forced;

struct exact_thread *pmem2_exact_thread(unsigned cpu)
{
	return threads[cpu];
}

void pmem2_exact_threads_begin(unsigned cpu)
{
	struct exact_thread *t;

	if (cpu >= EXACT_MOST_THREADS)
		pmem2_exact_refuse("the program has more than %d threads at a time",
			EXACT_MOST_THREADS);
	t = threads[cpu];
	if (t == NULL)
		t = calloc(1, sizeof(*t));
	if (t == NULL)
		pmem2_exact_refuse("no memory for a thread");
	t->id = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	t->holds = t->waits = false;
	t->storing = NULL;
	t->hidden_size = 0;
	t->depth = 0;
	threads[cpu] = t;
	__atomic_add_fetch(&living, 1, __ATOMIC_SEQ_CST);
}

void pmem2_exact_threads_end(unsigned cpu)
{
	pmem2_exact_unlock(threads[cpu]);
	__atomic_sub_fetch(&living, 1, __ATOMIC_SEQ_CST);
}

void pmem2_exact_threads_forked(void)
{
	living = 1;
	owner = NULL;
	for (unsigned i = 0; i < EXACT_MOST_THREADS; i++)
		if (threads[i] != NULL)
			threads[i]->holds = false;
}

bool pmem2_exact_threads_several(void)
{
	return __atomic_load_n(&living, __ATOMIC_RELAXED) > 1;
}

unsigned long pmem2_exact_threads_forced(void)
{
	return forced;
}

static bool try_lock(const struct exact_thread *t)
{
	const struct exact_thread *nobody = NULL;

	return __atomic_compare_exchange_n(&owner, &nobody, t, false, __ATOMIC_ACQUIRE,
		__ATOMIC_RELAXED);
}

void pmem2_exact_lock(struct exact_thread *t)
{
	if (t->holds || !pmem2_exact_threads_several())
		return;
	for (unsigned long n = 1; !try_lock(t); n++) {
		if (n % SPINS == 0)
			sched_yield();
		if (n >= patience) {
			__atomic_add_fetch(&forced, 1, __ATOMIC_RELAXED);
			__atomic_store_n(&owner, t, __ATOMIC_RELEASE);
			break;
		}
	}
	t->holds = true;
}

void pmem2_exact_unlock(struct exact_thread *t)
{
	const struct exact_thread *self = t;

	if (!t->holds)
		return;
	t->holds = false;
	/* unless it was taken away */
	__atomic_compare_exchange_n(&owner, &self, NULL, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}
