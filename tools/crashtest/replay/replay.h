/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.h -- goes through a trace, record by record, and knows what is durable there. */
#ifndef CRASHTEST_REPLAY_H
#define CRASHTEST_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pf_medium;
struct pf_model;
struct pf_module;
struct pf_names;
struct pf_record;
struct pf_record_stack;
struct pf_report;
struct pf_thread;
struct pf_version;
struct trace;

/* A line that became durable. */
struct changed_line {
	struct pf_medium *medium;
	size_t line;
	uint64_t event; /* when */
	bool minor;     /* nothing else changed than bytes that need no flush */
};

struct attached {
	struct pf_medium *medium;
	uint64_t address;
	size_t offset, length;
	bool whole; /* what is on its way is known as a whole before a drain: not at CACHE_LINE */
	bool pages; /* PF_MAP_PAGES */
};

struct replay {
	const struct trace *trace;
	struct pf_model *model;
	struct pf_report *report;
	uint64_t event;          /* records so far */
	bool coherent;           /* set it to take these for durable: */
	uint64_t stores, unseen; /* how many; how many of them only comparing found */
	uint64_t short_flushes;  /* that reach the point of coherency */
	bool visible;            /* since the last drain, something became durable without one */
	bool exited;             /* the program reached its exit */
	bool broken;             /* the trace could not go on */
	bool failed;             /* no memory, or the trace is damaged: in error */
	char error[512];

	struct pf_medium **media;
	size_t media_count;
	struct pf_thread **threads; /* in the order of their first record */
	size_t thread_count;
	struct attached *maps;
	size_t map_count, whole_maps;
	const struct pf_record_stack **stacks;
	size_t stack_count;
	struct pf_module *modules;
	size_t module_count;

	void (*before_each)(void *arg,
		struct replay *r); /* unless NULL, called before each record */
	/* unless NULL, may change what a record has of a line */
	void (*correct)(void *arg, const struct replay *r, const struct pf_medium *medium,
		size_t line, char *content);
	void *before_arg; /* of both */
	/* unless NULL, whether a version that is lost became durable after the trace, and by another process */
	bool (*is_later)(void *arg, const struct pf_version *version);
	void *later_arg;
	uint64_t later; /* how many lines did */
	bool remembers; /* set it for: */
	char (*before)
		[64]; /* what the lines of the journal held, PF_LINE bytes each; NULL: no memory */
	struct said {
		char *text; /* what the program had written to the file that is watched */
		size_t size, room;
	} said;

	uint64_t
		left; /* 1 more than the bytes of its standard input that it had not read; 0: not known */

	uint64_t
		hash; /* of all that is durable, against the beginning, and of what was said and read */
	struct changed_line *journal;
	size_t journal_count;
};

/*
 * Begins with a trace, which has to stay open. 0, or -1 with a sentence in error; replay_close is right in
 * both cases.
 */
int replay_open(struct replay *r, const struct trace *trace);
void replay_close(struct replay *r);

/* The next record, which replay_apply has to be given next; NULL at the end. */
const struct pf_record *replay_next(struct replay *r);
void replay_apply(struct replay *r, const struct pf_record *record);

/* Whether a record makes something durable that may not have been before: a drain, or a flush that waits. */
bool replay_settles(const struct pf_record *record);

/*
 * Goes to the moment of an event: after it, or before it if it settles something. 0, or -1 with a sentence in error.
 */
int replay_to(struct replay *r, uint64_t event);

/*
 * Goes on to that moment, or to before the first record that settles something: whether it is at the moment, or at the end.
 */
bool replay_towards(struct replay *r, uint64_t event);

/*
 * At the end: what the maps still there would lose. by_files: the program ended just now, without
 * a chance to look for what is dirty; its files are compared.
 */
void replay_finish(struct replay *r, bool by_files);

/* Gives the memory back that holds what is durable; of that, nothing is known any more. */
void replay_forget(struct replay *r);

/* The thread of a record; NULL: it has not flushed. */
struct pf_thread *replay_thread(const struct replay *r, uint32_t id);

/* Whether the version's line is in a mapping: a struct attached. */
bool replay_is_in_map(const struct pf_version *version, const void *map);

/* Likewise in one of those of the replay that is handed in, or in pages that the kernel has yet to write. */
bool replay_is_in_any_map(const struct pf_version *version, const void *replay);

/* How many versions are pending, of all threads. */
size_t replay_pending(const struct replay *r);

/* A number for the content of a line at its place. */
uint64_t replay_hash(const struct pf_medium *medium, size_t line, const char *content);

/* For the texts of a report. */
struct pf_names replay_names(const struct replay *r);

#endif
