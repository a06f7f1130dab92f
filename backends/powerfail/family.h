/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * family.h -- what the other processes of a family made durable: parents, and the children that fork(2) made.
 *
 * Each process follows its own flushes and drains. What one drains is durable for all that map the file, so it is told
 * the others, and they take it over before they do anything else. All but init and share under the engine's lock.
 */
#ifndef POWERFAIL_FAMILY_H
#define POWERFAIL_FAMILY_H

#include <stddef.h>

struct pf_medium;

/* 0 or -errno. */
int pmem2_pf_family_init(void);

/* In a child, before its first operation. */
void pmem2_pf_family_forked(void);

/* A line of a file is durable by a drain of this process. */
void pmem2_pf_family_tell(const struct pf_medium *medium, size_t line, const char *content);

/* Takes over what others have drained since the last call. */
void pmem2_pf_family_follow(void);

#endif
