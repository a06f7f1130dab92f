/* SPDX-License-Identifier: BSD-3-Clause */
/* unit.h -- what the tests of the core's units share. */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <libpmem2.h>

#include "../codes.h"
#include "../emulated.h"
#include "../unit_run.h"

#if defined(__has_feature) /* clang */
#if __has_feature(thread_sanitizer)
#define UNIT_THREAD_SANITIZED
#endif
#elif defined(__SANITIZE_THREAD__)
#define UNIT_THREAD_SANITIZED
#endif

/* ThreadSanitizer has signal masks of its own */
static inline bool unit_is_thread_sanitized(void)
{
#ifdef UNIT_THREAD_SANITIZED
	return true;
#else
	return false;
#endif
}

/* Runs a function in a thread with 64 KiB of stack, or the least that the system allows. */
static inline void unit_with_small_stack(void *(*function)(void *), void *arg)
{
	pthread_attr_t attributes;
	pthread_t thread;
	size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN); /* 128 KiB on AArch64 */

	pthread_attr_init(&attributes);
	ck_assert_int_eq(pthread_attr_setstacksize(&attributes,
				 least > 64 * 1024 ? least : 64 * 1024),
		0);
	ck_assert_int_eq(pthread_create(&thread, &attributes, function, arg), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attributes);
}

/* Takes all descriptors but as many as shall be left; returns the limit as it was. */
static inline struct rlimit unit_leave_descriptors(rlim_t left)
{
	struct rlimit before, less;
	int next = dup(STDIN_FILENO);

	ck_assert_int_ge(next, 0);
	close(next);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	less = before;
	less.rlim_cur = (rlim_t)next + left;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &less), 0);
	return before;
}

#define works(call) \
	do { \
		int ret_ = (call); \
		ck_assert_msg(ret_ == 0, "%s: %d (%s)", #call, ret_, pmem2_errormsg()); \
	} while (0)

/* The code, and what the message must hold. */
#define fails(call, code, text) \
	do { \
		int ret_ = (call); \
		ck_assert_msg(ret_ == (code), "%s: %d (%s), not %s", #call, ret_, \
			pmem2_errormsg(), #code); \
		ck_assert_msg(strstr(pmem2_errormsg(), (text)) != NULL, \
			"the message is '%s', not '%s'", pmem2_errormsg(), (text)); \
	} while (0)

#endif
