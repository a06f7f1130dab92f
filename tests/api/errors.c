/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * errors.c -- codes and messages.
 */
#include "api.h"
#include "failing.h"

#include <pthread.h>

/* an error that is always the same, and its message */
static char well_known[200];

static void well_known_failure(void)
{
	struct pmem2_config *cfg = api_config();
	fails(pmem2_config_set_sharing(cfg, (enum pmem2_sharing_type)31415),
		PMEM2_E_INVALID_SHARING_VALUE);
	works(pmem2_config_delete(&cfg));
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "31415"));
	snprintf(well_known, sizeof(well_known), "%s", pmem2_errormsg());
}

START_TEST(message_is_empty_at_first)
{
	ck_assert_str_eq(pmem2_errormsg(), "");
}
END_TEST

START_TEST(message_is_not_cleared_by_success)
{
	well_known_failure();
	struct pmem2_map *map = api_map_file(PAGE);
	works(pmem2_map_delete(&map));
	ck_assert_str_eq(pmem2_errormsg(), well_known);
}
END_TEST

static void *other_thread(void *arg)
{
	ck_assert_str_eq(pmem2_errormsg(), "");
	struct pmem2_source *src;
	fails(pmem2_source_from_fd(&src, open("/", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "directory"));
	return arg;
}

START_TEST(message_is_per_thread)
{
	pthread_t thread;
	well_known_failure();
	ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, NULL), 0);
	pthread_join(thread, NULL);
	ck_assert_str_eq(pmem2_errormsg(), well_known);
}
END_TEST

static void call_form(void)
{
	struct pmem2_source *src;
	int fd = api_file(PAGE);
	close(fd);
	fails(pmem2_source_from_fd(&src, fd), PMEM2_E_INVALID_FILE_HANDLE);
}

START_TEST(message_of_a_call_is_function_and_strerror)
{
	call_form();
	ck_assert_str_eq(pmem2_errormsg(), "fcntl: Bad file descriptor");
}
END_TEST

/* runs f with stderr going to a file, and returns what it wrote there */
static void catch_stderr(void (*f)(void), char *said, size_t size)
{
	int fd = api_file(0), kept = dup(2);
	ck_assert_int_eq(dup2(fd, 2), 2);
	f();
	fflush(stderr);
	ck_assert_int_eq(dup2(kept, 2), 2);
	ssize_t n = pread(fd, said, size - 1, 0);
	ck_assert_int_ge(n, 0);
	said[n] = '\0';
}

static void perror_forms(void)
{
	well_known_failure();
	pmem2_perror("plain");
	pmem2_perror("%s: %d", "formatted", 42);
	pmem2_perror("%s", "");
}

START_TEST(perror_prints_text_colon_message_newline_on_stderr)
{
	char said[1000];
	catch_stderr(perror_forms, said, sizeof(said));
	char expected[1000];
	snprintf(expected, sizeof(expected), "plain: %s\nformatted: 42: %s\n: %s\n", well_known,
		well_known, well_known);
	ck_assert_str_eq(said, expected);
}
END_TEST

START_TEST(codes_are_negative_and_the_librarys_from_100000_down)
{
	prepare_failing();
	for (size_t i = 0; i < failing_count; i++) {
		int ret = failing[i].call();
		ck_assert_msg((ret <= -100000 && ret >= -100037) || (ret < 0 && ret > -200),
			"%s: %d", failing[i].name, ret);
		ck_assert_ptr_nonnull(pmem2_errormsg());
	}
}
END_TEST

START_TEST(every_error_has_its_message)
{
	prepare_failing();
	for (size_t i = 0; i < failing_count; i++) {
		well_known_failure();
		failing[i].call();
		ck_assert_msg(*pmem2_errormsg() && strcmp(pmem2_errormsg(), well_known), "%s: '%s'",
			failing[i].name, pmem2_errormsg());
	}
}
END_TEST

static void fail_all(void)
{
	for (size_t i = 0; i < failing_count; i++)
		failing[i].call();
}

START_TEST(nothing_else_is_written_to_stderr)
{
	char said[1000];
	prepare_failing();
	catch_stderr(fail_all, said, sizeof(said));
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(no_descriptor_stays_open_after_a_failure)
{
	prepare_failing();
	for (size_t i = 0; i < failing_count; i++) {
		int before = api_count_fds();
		failing[i].call();
		ck_assert_msg(api_count_fds() == before, "%s", failing[i].name);
	}
}
END_TEST

API_MAIN("errors", message_is_empty_at_first, message_is_not_cleared_by_success,
	message_is_per_thread, message_of_a_call_is_function_and_strerror,
	perror_prints_text_colon_message_newline_on_stderr,
	codes_are_negative_and_the_librarys_from_100000_down, every_error_has_its_message,
	nothing_else_is_written_to_stderr, no_descriptor_stays_open_after_a_failure)
