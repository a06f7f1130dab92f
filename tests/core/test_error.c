/* SPDX-License-Identifier: BSD-3-Clause */
/* test_error.c -- codes and sentences. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "unit.h"

START_TEST(answers_the_code_and_keeps_the_sentence)
{
	ck_assert_int_eq(pmem2_err(PMEM2_E_NOSUPP, "limit %d", 5), PMEM2_E_NOSUPP);
	ck_assert_str_eq(pmem2_errormsg(), "limit 5");
}
END_TEST

START_TEST(names_the_errno_of_a_system_call)
{
	errno = EBADF;
	ck_assert_int_eq(pmem2_err_sys("fstat"), -EBADF);
	ck_assert_str_eq(pmem2_errormsg(), "fstat: Bad file descriptor");
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(holds_at_least_255_characters)
{
	char text[600];

	memset(text, 'x', sizeof(text));
	text[599] = '\0';
	pmem2_err(-1, "%s", text);
	ck_assert_uint_ge(strlen(pmem2_errormsg()), 255);
	ck_assert(strncmp(pmem2_errormsg(), text, 255) == 0);
}
END_TEST

static void *read_in_thread(void *empty)
{
	*(int *)empty = pmem2_errormsg()[0] == '\0';
	return NULL;
}

START_TEST(is_each_threads_own_and_empty_at_first)
{
	pthread_t thread;
	int empty = 0;

	pmem2_err(-1, "here");
	ck_assert_int_eq(pthread_create(&thread, NULL, read_in_thread, &empty), 0);
	pthread_join(thread, NULL);
	ck_assert(empty);
	ck_assert_str_eq(pmem2_errormsg(), "here");
}
END_TEST

START_TEST(prints_text_colon_sentence)
{
	int ends[2];
	char text[64] = "";

	ck_assert_int_eq(pipe(ends), 0);
	int kept = dup(2);
	dup2(ends[1], 2);
	pmem2_err(-1, "why");
	pmem2_perror("what %d", 7);
	dup2(kept, 2);
	ck_assert_int_gt(read(ends[0], text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, "what 7: why\n");
}
END_TEST

START_TEST(maps_every_code_to_an_errno)
{
	ck_assert_int_eq(pmem2_err_to_errno(0), 0);
	ck_assert_int_eq(pmem2_err_to_errno(-ENOENT), ENOENT);
	ck_assert_int_eq(pmem2_err_to_errno(PMEM2_E_NOSUPP), ENOTSUP);
	ck_assert_int_eq(pmem2_err_to_errno(PMEM2_E_MAP_EXISTS), EEXIST);
	ck_assert_int_eq(pmem2_err_to_errno(-100034), EEXIST);
	for (int code = -100037; code <= -100000; code++)
		ck_assert_int_gt(pmem2_err_to_errno(code), 0);
	ck_assert_int_gt(pmem2_err_to_errno(PMEM2_E_BACKEND), 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {answers_the_code_and_keeps_the_sentence,
		names_the_errno_of_a_system_call, holds_at_least_255_characters,
		is_each_threads_own_and_empty_at_first, prints_text_colon_sentence,
		maps_every_code_to_an_errno, NULL};

	return unit_run("error", tests);
}
