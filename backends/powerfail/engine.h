/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * engine.h -- the state of the backend in a process, and the one lock that guards it.
 *
 * The lock gives the global order that the trace promises, and keeps model and trace in step. Its
 * holder may be stopped by the scheduler, but never waits for anything but memory.
 */
#ifndef POWERFAIL_ENGINE_H
#define POWERFAIL_ENGINE_H

#include <libpmem2/base.h>
#include <stdbool.h>

struct pf_medium;

/* In a page that a child process gets filled with zeros: unlocked, and not alive. */
struct pf_shared {
	int locked;
	int alive;
};

/* What a thread has of its own. */
struct pf_self {
	struct pf_thread *thread, *syncer; /* NULL: not made yet */
	bool inside;                       /* it holds the lock, or starts */
};

struct pf_map {
	char *address;
	size_t length, offset; /* bytes; offset in the file */
	struct pf_medium *medium;
	enum pmem2_granularity granularity;
	bool followed; /* the program made it by itself, and not through the library */
	size_t reach; /* of that: bytes of the mapping, more than length where the file is shorter */
	uint64_t inode; /* as /proc/self/maps has it; 0: it was not there */
	bool watched;   /* the kernel tells which of its pages are written to */
	size_t walked;  /* bytes whose page tables the last search looked at */
};

struct pf_private {
	const char *address;
	size_t length;
};

struct pf_engine {
	struct pf_shared *shared;
	struct pf_settings *settings;
	const char *trace_path; /* "": no trace is wanted */
	const char *said_path;  /* of a file whose growth is recorded; "": none is */
	const int *said_socket; /* whether what was sent to it goes to that file; 0: nothing does */
	const bool *ops;        /* whether the trace tells how much of standard input was read */
	bool notes_said;        /* one of the two is to be recorded */
	struct pf_model *model;
	struct pf_report *report;
	struct pf_thread *msync; /* whose lines an msync(2) makes durable, under the lock */
	struct pf_medium **media;
	size_t media_count;
	struct pf_map *maps; /* by address */
	size_t map_count;
	struct pf_private *private; /* mappings of which nothing outlives the process */
	size_t private_count;
	const struct pf_map *last_map; /* the one of the last operation, or NULL */
	uint64_t events;               /* operations of this process */
	size_t saved;                  /* bytes that drains did not look at page tables of */
	uint64_t walked;               /* bytes whose page tables were looked at, in all */
	uint64_t unseen;               /* operations of signal handlers that interrupted another */
	uint64_t
		dropped; /* flushes without memory to follow them, when losses were last looked for */
	bool forked;     /* it is the child of one that had maps */
};

extern struct pf_engine pmem2_pf_engine __attribute__((visibility("hidden")));

/*
 * The backend is never unloaded, and the fast kind of thread-local memory needs no call that
 * could allocate.
 */
extern _Thread_local struct pf_self pmem2_pf_self
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Who did it, for records. */
struct pf_who {
	uint32_t thread, stack;
};

/* Lines of a map. */
struct pf_lines {
	const struct pf_map *map;
	size_t offset, length; /* in the file, as the program named it */
	const char *content;   /* of all lines that have a part in it */
};

/* Makes the state ready: 0 or -errno. */
int pmem2_pf_engine_init(void);

/* Waits until the lock is got. */
void pmem2_pf_engine_wait(void);

/* Whether the lock was got: not by a signal handler that interrupted its holder. */
static inline bool pmem2_pf_engine_lock(void)
{
	if (pmem2_pf_self.inside) {
		pmem2_pf_engine.unseen++;
		return false;
	}
	pmem2_pf_self.inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (__atomic_exchange_n(&pmem2_pf_engine.shared->locked, 1, __ATOMIC_ACQUIRE))
		pmem2_pf_engine_wait();
	return true;
}

static inline void pmem2_pf_engine_unlock(void)
{
	__atomic_store_n(&pmem2_pf_engine.shared->locked, 0, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	pmem2_pf_self.inside = false;
}

/* Whether this is the first time in a child process, which has the state of its parent. */
static inline bool pmem2_pf_engine_is_child(void)
{
	return !pmem2_pf_engine.shared->alive;
}

/* Forgets what the parent of this process had on its way. Durable content and maps stay. */
void pmem2_pf_engine_forked(void);

/* Whether this thread is in the backend: it holds the lock, or starts. */
bool pmem2_pf_engine_is_inside(void);
void pmem2_pf_engine_starts(bool starts);

/* Makes what tells the calling thread from others; NULL: no memory. */
struct pf_thread *pmem2_pf_engine_make_thread(void);

/* The calling thread; NULL: no memory. */
static inline struct pf_thread *pmem2_pf_engine_thread(void)
{
	if (pmem2_pf_self.thread == NULL)
		pmem2_pf_self.thread = pmem2_pf_engine_make_thread();
	return pmem2_pf_self.thread;
}

/*
 * Whose lines are those that the calling thread has handed to an msync(2) that is not over yet. After
 * one that failed, another: what it had is never drained.
 */
struct pf_thread *pmem2_pf_engine_syncer(void);
void pmem2_pf_engine_abandon_syncer(void);

/* Whether all that is written to a mapping is written back by the kernel alone, in pages. */
static inline bool pmem2_pf_map_has_pages(const struct pf_map *map)
{
	return map->followed && map->granularity == PMEM2_GRANULARITY_PAGE;
}

#endif
