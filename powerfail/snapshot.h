/* SPDX-License-Identifier: BSD-3-Clause */
/* snapshot.h -- copies of what a file holds: holes stay holes, and blocks are shared if they can be. */
#ifndef POWERFAIL_SNAPSHOT_H
#define POWERFAIL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

/* What a file holds. */
struct pf_content {
	size_t size;        /* bytes of the file */
	int fd;             /* where they are read, */
	size_t at;          /* from there on; or, if fd is -1, */
	const char *memory; /* where [begin, end) of them are, and zeros everywhere else */
	size_t begin, end;
	/* the next part of [*begin, *end) that may hold something else than zeros; NULL: all may */
	bool (*next)(const void *arg, size_t *begin, size_t *end);
	const void *arg;
};

/* Copies it into a file at `to_at`, which must not hold anything yet. 0 or -errno. */
int pmem2_pf_snapshot(const struct pf_content *content, int to, size_t to_at);

/*
 * The next data from *begin on, and before *end; or false. Where holes cannot be told all is data. Moves the
 * position of the descriptor.
 */
bool pmem2_pf_snapshot_extent(int fd, size_t *begin, size_t *end);

/* A file without name, for a snapshot that nobody else wants. The descriptor or -errno. */
int pmem2_pf_snapshot_open(void);

#endif
