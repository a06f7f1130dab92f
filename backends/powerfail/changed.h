/* SPDX-License-Identifier: BSD-3-Clause */
/* changed.h -- finds the lines of a map that hold something else than was seen last. */
#ifndef POWERFAIL_CHANGED_H
#define POWERFAIL_CHANGED_H

#include "engine.h"

/* From what a line differs. */
enum pf_against {
	PF_LAST_SEEN, /* what the model has seen of it last */
	PF_DURABLE,   /* what is durable; a line that has something on its way counts as well */
};

/*
 * Calls visit for the lines in [begin, end) of a map, offsets in it, that differ. What cannot be
 * read, as the file was truncated, is passed over.
 */
void pmem2_pf_changed(const struct pf_map *map, size_t begin, size_t end, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg);

/* Likewise in all of a map, where only what was written to since the last such call is of interest. */
void pmem2_pf_changed_since(struct pf_map *map, enum pf_against against,
	void (*visit)(const struct pf_lines *lines, void *arg), void *arg);

/* Has the kernel tell which pages of a map are written to, if it can. */
void pmem2_pf_changed_watch(struct pf_map *map);

/* A child process is not told so for what its parent watched. */
void pmem2_pf_changed_forked(void);

#endif
