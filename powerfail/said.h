/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * said.h -- what a program has written to a file, such as its standard output, at each moment of the trace.
 *
 * A recorder notes it before the record of what the program does next: what was written by then was
 * written after all that is in the trace.
 */
#ifndef POWERFAIL_SAID_H
#define POWERFAIL_SAID_H

#include <stdint.h>

struct pf_trace;

struct pf_said {
	const char *path; /* absolute; NULL: nothing is watched. The file need not be there yet */
	uint64_t size;    /* bytes that the trace has of it */
};

/* Records what is new in the file. Keeps errno. */
void pmem2_pf_said_note(struct pf_said *said, struct pf_trace *trace);

#endif
