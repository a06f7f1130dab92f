/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * family.h -- what the other processes of a family made durable: parents, and the children that fork(2) made.
 *
 * Each process follows its own flushes and drains. What one drains is durable for all that map the file, so it is told
 * the others, and they take it over before they do anything else. All but init and share under the engine's lock.
 */
#ifndef POWERFAIL_FAMILY_H
#define POWERFAIL_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pf_medium;

/* In memory that all members share. */
struct pf_family {
	uint32_t members; /* so far; 1: nobody listens */
	uint64_t told;    /* lines, more than there is room for if that was too small */
};

extern struct pf_family *pmem2_pf_family __attribute__((visibility("hidden")));

/* How much of what was told this process has looked at. */
extern uint64_t pmem2_pf_family_seen __attribute__((visibility("hidden")));

/* 0 or -errno. */
int pmem2_pf_family_init(void);

/* In a child, before its first operation. */
void pmem2_pf_family_forked(void);

/* Whether there are others, who want to be told. */
static inline bool pmem2_pf_family_listens(void)
{
	return __atomic_load_n(&pmem2_pf_family->members, __ATOMIC_RELAXED) > 1;
}

/* A line of a file is durable by a drain of this process. */
void pmem2_pf_family_tell(const struct pf_medium *medium, size_t line, const char *content);

/* Takes over what others have drained. */
void pmem2_pf_family_take_over(void);

/* The same, where anything was told since the last call. */
static inline void pmem2_pf_family_follow(void)
{
	if (__atomic_load_n(&pmem2_pf_family->told, __ATOMIC_RELAXED) != pmem2_pf_family_seen)
		pmem2_pf_family_take_over();
}

#endif
