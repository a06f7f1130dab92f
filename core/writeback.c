/* SPDX-License-Identifier: BSD-3-Clause */
/* writeback.c -- what the kernel has said of each mapped file's writeback. */
#include "writeback.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	BUCKETS = 256,
	WRITINGS = 128,  /* calls at work at a time; more of them queue */
	SPINS = 100,     /* before a wait sleeps: a call on tmpfs takes 150 ns */
	ERROR_BITS = 12, /* errno values are below 4096 */
};

struct pmem2_file {
	struct pmem2_file *next;
	dev_t device;
	ino_t inode;
	size_t maps;                 /* under the lock */
	atomic_uint_fast64_t failed; /* number of failures << ERROR_BITS | errno of the latest */
	atomic_uint_fast64_t told;   /* how many of them the program knows */
};

/* A call that writes a file. */
struct pmem2_writing {
	atomic_uintptr_t thread;                 /* 0: free */
	_Atomic(const struct pmem2_file *) file; /* NULL: not begun */
	atomic_uint generation; /* changes when the call has recorded its outcome */
	atomic_uint waiters;
};

/* Once there is a file. */
static struct {
	atomic_uint at_work; /* calls that have begun, and not recorded their outcome */
	struct pmem2_writing list[WRITINGS];
} * writings;

/* ---- the files ---- */

static struct {
	pthread_mutex_t lock;
	struct pmem2_file *bucket[BUCKETS];
} files = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct pmem2_file **bucket_of(dev_t device, ino_t inode)
{
	uint64_t mixed =
		((uint64_t)inode ^ ((uint64_t)device << 32)) * UINT64_C(0x9e3779b97f4a7c15);

	return &files.bucket[mixed >> 56];
}

static struct pmem2_file *find(dev_t device, ino_t inode)
{
	struct pmem2_file *file = *bucket_of(device, inode);

	while (file != NULL && (file->device != device || file->inode != inode))
		file = file->next;
	return file;
}

static struct pmem2_file *add(dev_t device, ino_t inode)
{
	struct pmem2_file *file = calloc(1, sizeof(*file));
	struct pmem2_file **bucket = bucket_of(device, inode);

	if (file == NULL)
		return NULL;
	file->device = device;
	file->inode = inode;
	file->next = *bucket;
	*bucket = file;
	return file;
}

static void forget_writings(void)
{
	memset(writings, 0, sizeof(*writings));
}

/*
 * The threads that were at work are not in a child process: the kernel gives it zeros in their place, and so does
 * the handler, for kernels before 4.14 and for emulators. (The kernel also serves a clone(2) without handlers.)
 */
static bool have_writings(void)
{
	size_t size = sizeof(*writings);
	void *memory;

	if (writings != NULL)
		return true;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	madvise(memory, size, MADV_WIPEONFORK);
	writings = memory;
	if (pthread_atfork(NULL, NULL, forget_writings) == 0)
		return true;
	writings = NULL;
	munmap(memory, size);
	return false;
}

struct pmem2_file *pmem2_writeback_join(dev_t device, ino_t inode)
{
	pthread_mutex_lock(&files.lock);
	struct pmem2_file *file = find(device, inode);
	if (file == NULL && have_writings())
		file = add(device, inode);
	if (file != NULL)
		file->maps++;
	pthread_mutex_unlock(&files.lock);
	return file;
}

void pmem2_writeback_leave(struct pmem2_file *file)
{
	if (file == NULL)
		return;

	pthread_mutex_lock(&files.lock);
	if (--file->maps == 0) {
		struct pmem2_file **at = bucket_of(file->device, file->inode);

		while (*at != file)
			at = &(*at)->next;
		*at = file->next;
		free(file);
	}
	pthread_mutex_unlock(&files.lock);
}

/* ---- failures ---- */

static void record(struct pmem2_file *file, int error)
{
	uint_fast64_t before = atomic_load(&file->failed), after;

	do
		after = (((before >> ERROR_BITS) + 1) << ERROR_BITS) | (unsigned)error;
	while (!atomic_compare_exchange_weak(&file->failed, &before, after));
}

int pmem2_writeback_error(struct pmem2_file *file, uint64_t since)
{
	uint64_t failed = file == NULL ? 0 : atomic_load(&file->failed);
	uint64_t count = failed >> ERROR_BITS;

	if (count <= since)
		return 0;

	uint_fast64_t told = atomic_load(&file->told);
	while (told < count && !atomic_compare_exchange_weak(&file->told, &told, count))
		;
	return (int)(failed & ((1U << ERROR_BITS) - 1));
}

uint64_t pmem2_writeback_told(const struct pmem2_file *file)
{
	return file == NULL ? 0 : atomic_load(&file->told);
}

/* ---- who is at work ---- */

static uintptr_t this_thread(void)
{
	static _Thread_local char self;

	return (uintptr_t)&self;
}

struct pmem2_writing *pmem2_writeback_begin(struct pmem2_file *file)
{
	uintptr_t self = this_thread();

	if (file == NULL)
		return NULL;

	atomic_fetch_add(&writings->at_work, 1);
	/* thread-local memory of two threads is megabytes apart, or a page */
	for (size_t i = (self >> 12) % WRITINGS, tries = 1;; i = (i + 1) % WRITINGS, tries++) {
		struct pmem2_writing *w = &writings->list[i];
		uintptr_t nobody = 0;

		if (atomic_compare_exchange_strong(&w->thread, &nobody, self)) {
			atomic_store(&w->file, file);
			return w;
		}
		if (tries % WRITINGS == 0)
			sched_yield();
	}
}

static void sleep_until_changed(struct pmem2_writing *w, unsigned generation)
{
	for (int spins = 0; spins < SPINS; spins++)
		if (atomic_load(&w->generation) != generation)
			return;

	atomic_fetch_add(&w->waiters, 1);
	while (atomic_load(&w->generation) == generation)
		syscall(SYS_futex, &w->generation, FUTEX_WAIT_PRIVATE, generation, NULL);
	atomic_fetch_sub(&w->waiters, 1);
}

/*
 * Whoever has begun since cannot have been told of pages that were written before. A call of this thread's own that
 * a signal handler has interrupted cannot be waited for.
 */
static void wait_for_others(const struct pmem2_file *file)
{
	uintptr_t self = this_thread();

	for (size_t i = 0; i < WRITINGS && atomic_load(&writings->at_work) != 0; i++) {
		struct pmem2_writing *w = &writings->list[i];
		unsigned generation = atomic_load(&w->generation);
		uintptr_t thread = atomic_load(&w->thread);

		if (thread != 0 && thread != self && atomic_load(&w->file) == file)
			sleep_until_changed(w, generation);
	}
}

void pmem2_writeback_end(struct pmem2_file *file, struct pmem2_writing *writing, int error)
{
	if (file != NULL && error != 0)
		record(file, error);
	if (writing == NULL)
		return;

	atomic_store(&writing->file, NULL);
	atomic_fetch_add(&writing->generation, 1);
	atomic_store(&writing->thread, 0);
	atomic_fetch_sub(&writings->at_work, 1);
	if (atomic_load(&writing->waiters) != 0)
		syscall(SYS_futex, &writing->generation, FUTEX_WAKE_PRIVATE, INT_MAX);
	if (error == 0)
		wait_for_others(file);
}
