/* SPDX-License-Identifier: BSD-3-Clause */
/* inject.h -- makes the nth call into libc that the library makes fail. */
#ifndef TEST_INJECT_H
#define TEST_INJECT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The nth watched call (from 0) after this fails, with the choice-th errno that makes sense for that
 * function.
 */
void inject_arm(size_t nth, size_t choice);

/* Ends it. Returns the function that failed, or NULL: the work made fewer calls. */
const char *inject_disarm(void);

/* The errno that was injected; 0 if the function has no choice-th one, and then nothing failed. */
int inject_errno(void);

/* Blocks that the library has allocated and not freed. */
long inject_live_blocks(void);

/*
 * For a function that inject.c does not replace: whether this call is to fail, and errno then. errors
 * are those that make sense, 0 ends.
 */
__attribute__((__visibility__("default"))) bool inject_fails(const char *function,
	const int *errors);

#endif
