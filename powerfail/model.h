/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * model.h -- which stores are durable, and which are on their way.
 *
 * Flushing a line makes its content of that moment a pending version of the line, of the thread
 * that flushed. When that thread drains, its versions become durable; versions of the same line
 * that are older, whoever flushed them, can then be on the medium no more. A version that
 * nobody flushed is dirty: a cache may write it out at any time, and no drain makes it durable.
 *
 * Where each store is known, each makes a dirty version of its line, so that the versions of a line are
 * the prefixes of its stores since it was last durable. A non-temporal store goes past the caches: a drain
 * makes its bytes durable, and not what else was stored to the line.
 *
 * Not thread-safe.
 */
#ifndef POWERFAIL_MODEL_H
#define POWERFAIL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "powerfail/arena.h"
#include "powerfail/medium.h"

/* The zero value, with an id, is a thread that has nothing pending. */
struct pf_thread {
	uint32_t id;
	uint32_t first, last; /* of its versions since its last drain; 0: none */
	uint32_t pending;     /* how many of them can still reach the medium */
};

struct pf_version {
	uint32_t older;           /* of the same line; 0: the durable one */
	uint32_t next;            /* of the same thread, or of the unused ones */
	struct pf_thread *thread; /* NULL: dirty */
	struct pf_medium *medium; /* NULL: unused */
	size_t line;
	uint64_t event;  /* the caller's: what made it */
	uint32_t stack;  /* the caller's: from where */
	uint8_t stores;  /* dirty versions of the line up to this one, at most */
	uint8_t at;      /* of a non-temporal store: its bytes of the line; */
	uint8_t size;    /* 0: it is none */
	bool stored : 1; /* by one store, which event and stack tell; else flushed, or found dirty */
	bool newest : 1;     /* of its line */
	bool superseded : 1; /* a newer version of the line is durable */
	bool foreign : 1;    /* another thread, with nothing pending itself, drained since */
	char content[PF_LINE] __attribute__((aligned(16)));
} __attribute__((aligned(16))); /* as an arena has them */

struct pf_model {
	struct pf_arena versions;
	struct pf_arena slots; /* of a hash table: the newest version of each line that has any */
	uint32_t lines;        /* how many have */
	uint32_t used;         /* how many versions are */
	uint32_t unused;       /* the first of a list */
	bool keeps_all;   /* each flush of a line makes a version; else only the newest is kept */
	uint64_t dirty;   /* how many of the versions are */
	uint64_t dropped; /* versions for which there was no memory */
	/* unless NULL, told before a line's durable content changes */
	void (*settling)(void *arg, struct pf_medium *medium, size_t line, const char *content);
	void *arg;
};

/* What made a version, for whoever asks later. */
struct pf_origin {
	uint64_t event;
	uint32_t stack;
};

enum { PF_MOST_STORES = 32 }; /* of a line that are kept apart: of more, a sample */

enum pf_flushed {
	PF_FLUSHED,
	PF_REDUNDANT, /* it equals what is durable, and no other version is on its way */
	PF_TWICE,     /* this thread flushed the line since its last drain */
};

int pmem2_pf_model_init(struct pf_model *model, bool keeps_all);
void pmem2_pf_model_finish(struct pf_model *model);

/* Forgets all versions, of the media and threads too; what is durable stays. */
void pmem2_pf_model_forget(struct pf_model *model);

/* A thread flushed a line that holds content. */
enum pf_flushed pmem2_pf_model_flush(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, struct pf_origin origin);

/* A line was found to hold what nobody flushed. */
void pmem2_pf_model_dirty(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin);

/*
 * A store made a line hold content. Not each of very many stores to a line is kept: which are
 * depends on their events alone, and the newest is.
 */
void pmem2_pf_model_store(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content, struct pf_origin origin);

/* A non-temporal store of a thread, of size bytes at `at` in the line, made it hold content. */
void pmem2_pf_model_stream(struct pf_model *model, struct pf_thread *thread,
	struct pf_medium *medium, size_t line, const char *content, size_t at, size_t size,
	struct pf_origin origin);

/* Whether a non-temporal store to the line is pending. */
bool pmem2_pf_model_has_streams(const struct pf_model *model, const struct pf_medium *medium,
	size_t line);

/* A thread drained; returns how many lines became durable. */
size_t pmem2_pf_model_drain(struct pf_model *model, struct pf_thread *thread);

/* A line was made durable by means of which the model is not told, such as fsync(2). */
void pmem2_pf_model_write(struct pf_model *model, struct pf_medium *medium, size_t line,
	const char *content);

/* The version of that number, from 1 on. */
static inline struct pf_version *pmem2_pf_version(const struct pf_model *model, uint32_t number)
{
	return (struct pf_version *)(void *)model->versions.base + number;
}

/* Whether a number is that of a line's newest version, which is not durable then. */
static inline bool pmem2_pf_is_newest(const struct pf_model *model, uint32_t number)
{
	const struct pf_version *v = pmem2_pf_version(model, number);

	return v->medium != NULL && v->newest;
}

/* How many numbers there are, the unused ones included. */
static inline uint32_t pmem2_pf_versions(const struct pf_model *model)
{
	return (uint32_t)(model->versions.used / sizeof(struct pf_version));
}

/* How many slots the table has, a power of two. */
static inline size_t pmem2_pf_slots(const struct pf_model *model)
{
	return model->slots.used / sizeof(uint32_t);
}

/* Where in the table a line is, if no other is there. */
static inline size_t pmem2_pf_home(const struct pf_model *model, const struct pf_medium *medium,
	size_t line)
{
	uint64_t key = line ^ (uint64_t)medium->id << 40;

	return key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (pmem2_pf_slots(model) - 1);
}

/* The slot of a line: holds the number of its newest version, 0 if there is none. */
static inline uint32_t *pmem2_pf_slot(const struct pf_model *model, const struct pf_medium *medium,
	size_t line)
{
	uint32_t *slots = (uint32_t *)(void *)model->slots.base;
	size_t last = pmem2_pf_slots(model) - 1, i = pmem2_pf_home(model, medium, line);

	for (; slots[i] != 0; i = (i + 1) & last) {
		const struct pf_version *v = pmem2_pf_version(model, slots[i]);

		if (v->line == line && v->medium == medium)
			break;
	}
	return &slots[i];
}

/* What the line was last seen to hold. */
static inline const char *pmem2_pf_model_last(const struct pf_model *model,
	const struct pf_medium *medium, size_t line)
{
	uint32_t newest = *pmem2_pf_slot(model, medium, line);

	return newest != 0 ? pmem2_pf_version(model, newest)->content
	                   : pmem2_pf_medium_line(medium, line);
}

/* Whether two lines are equal; neither need be aligned. */
static inline bool pmem2_pf_same_line(const char *a, const char *b)
{
	uint64_t x, y, differ = 0;

	for (int i = 0; i < PF_LINE; i += 8) {
		__builtin_memcpy(&x, a + i, 8);
		__builtin_memcpy(&y, b + i, 8);
		differ |= x ^ y;
	}
	return differ == 0;
}

#endif
