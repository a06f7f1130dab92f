/* SPDX-License-Identifier: BSD-3-Clause */
/* Jobs that cannot begin: what was not there before is not closed, freed or removed. */
#include <check.h>
#include <fcntl.h>
#include <limits.h>

#include "checks/jobs.h"
#include "common/options.h"
#include "replay/replay.h"
#include "replay/trace.h"

static struct trace no_trace;
static const struct replay replay = {.trace = &no_trace};

static bool are_open(void)
{
	return fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0;
}

START_TEST(no_directory)
{
	const struct options options = {.check = "true", .directory = "/nonexistent"};
	struct jobs jobs;

	ck_assert_int_ne(jobs_init(&jobs, &options, &replay, 4), 0);
	jobs_finish(&jobs);
	ck_assert(are_open());
}
END_TEST

START_TEST(no_memory)
{
	const struct options options = {.check = "true"};
	struct jobs jobs;

	ck_assert_int_ne(jobs_init(&jobs, &options, &replay, UINT_MAX), 0);
	jobs_finish(&jobs);
	ck_assert(are_open());
}
END_TEST

START_TEST(no_command)
{
	const struct options options = {.check = " ", .directory = "/tmp"};
	struct jobs jobs;

	ck_assert_int_ne(jobs_init(&jobs, &options, &replay, 2), 0);
	jobs_finish(&jobs);
	ck_assert(are_open());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jobs");
	TCase *tests = tcase_create("jobs");

	tcase_set_timeout(tests, 0); /* Meson's is enough */
	tcase_add_test(tests, no_directory);
	tcase_add_test(tests, no_memory);
	tcase_add_test(tests, no_command);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed != 0;
}
