/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * said.h -- what a program has written to a file, such as its standard output, and read from its standard input,
 * at each moment of the trace.
 *
 * A recorder notes it before the record of what the program does next: what was written by then was
 * written after all that is in the trace.
 */
#ifndef POWERFAIL_SAID_H
#define POWERFAIL_SAID_H

#include <stdbool.h>
#include <stdint.h>

struct pf_trace;

struct pf_said {
	const char *path; /* absolute; NULL: nothing is watched. The file need not be there yet */
	int socket; /* unless 0, an end of a socket pair: what was sent to it goes to the file first */
	uint64_t size; /* bytes that the trace has of it */
	bool input; /* standard input is a pipe that nobody writes to any more, and is watched, too */
	uint64_t
		left; /* 1 more than the bytes that the trace says are left there; 0: it says nothing yet */
};

/* Moves what was sent to an end of a socket pair to the end of a file. */
void pmem2_pf_said_take(int from, const char *path);

/* Records what is new in the file, and what was read. Keeps errno. */
void pmem2_pf_said_note(struct pf_said *said, struct pf_trace *trace);

#endif
