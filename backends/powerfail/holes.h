/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * holes.h -- which parts of a file are holes: to read one through a mapping would fill it on tmpfs.
 * All under the engine's lock.
 */
#ifndef POWERFAIL_HOLES_H
#define POWERFAIL_HOLES_H

#include <stddef.h>

struct pf_medium;

enum pf_holes {
	PF_HOLES_UNKNOWN, /* nobody tells */
	PF_HOLES_STORED,  /* what is in memory only may be told to be a hole */
	PF_HOLES_EXACT,   /* a hole holds nothing that anybody wrote */
};

/* Keeps a descriptor of a regular file, made from that of the program or, if it is -1, from its name. */
void pmem2_pf_holes_open(struct pf_medium *medium, int fd);

/* No mapping of it is left. */
void pmem2_pf_holes_close(struct pf_medium *medium);

/*
 * What the holes of the file mean now, and its size, 0 if nobody tells. Looks for the file anew if the program
 * closed the descriptor.
 */
enum pf_holes pmem2_pf_holes_kind(struct pf_medium *medium, size_t *size);

/* The first page with data from `at` on, both multiples of the page; end: there is none before it. */
size_t pmem2_pf_holes_data(const struct pf_medium *medium, size_t at, size_t end);

#endif
