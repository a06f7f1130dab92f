/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_parts.h -- what the parts of the replay have for each other. */
#ifndef CRASHTEST_REPLAY_PARTS_H
#define CRASHTEST_REPLAY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attached;
struct pf_medium;
struct pf_record_left;
struct pf_record_lines;
struct pf_record_said;
struct pf_record_store;
struct pf_thread;
struct replay;
struct trace;

/* The thread of that number, made if it is new; NULL: the replay failed. */
struct pf_thread *replay_know_thread(struct replay *r, uint32_t id);

/* The file of that number, with room up to an offset; NULL: the replay failed. */
struct pf_medium *replay_medium(struct replay *r, uint32_t file, size_t end);

/* Has the memory loaded that a record a little later is about. */
void replay_look_ahead(const struct replay *r);

/* Reports what is lost of one mapping, or of all if that is NULL. */
void replay_find_losses(struct replay *r, const struct attached *map);

void replay_lines(struct replay *r, const struct pf_record_lines *lines);
/* false: no memory, or the record does not follow on what is known. */
bool replay_say(struct replay *r, const struct pf_record_said *said);
void replay_left(struct replay *r, const struct pf_record_left *left);
void replay_store(struct replay *r, const struct pf_record_store *store);

/* Notes which bytes of the file need no flush, as the trace has it. false: no memory. */
bool replay_volatile(struct pf_medium *m, const struct trace *trace);
void replay_volatile_free(struct pf_medium *m);

#endif
