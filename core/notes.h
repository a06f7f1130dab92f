/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * notes.h -- which pages this thread has flushed and not yet written.
 *
 * A page of memory for each thread that has noted something: disjoint ranges, in order. A signal
 * handler may interrupt any of these functions and call them: it then finds every note, and makes none.
 */
#ifndef PMEM2_NOTES_H
#define PMEM2_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pmem2_note {
	uintptr_t begin, end; /* page boundaries */
};

/*
 * Notes a range of the map that has [low, high); it becomes one with notes of the same map that it
 * meets or touches. at_exit is called when the thread ends with something noted.
 *
 * false: it was not, and is to be written now, after what is noted: there is no room, no memory, or a
 * signal handler has interrupted this thread at its notes.
 */
bool pmem2_notes_add(struct pmem2_note range, struct pmem2_note map, void (*at_exit)(void));

/* Whether this thread has any. */
bool pmem2_notes_exist(void);

/* The notes of this thread, and how many there are. They stay as they are until notes_done. */
const struct pmem2_note *pmem2_notes_begin(size_t *count);

/* What lies in the range has been written. */
void pmem2_notes_done(struct pmem2_note range);

#endif
