/* SPDX-License-Identifier: BSD-3-Clause */
/* unit_run.h -- runs the tests of one program and returns main's exit status. */
#ifndef TESTS_UNIT_RUN_H
#define TESTS_UNIT_RUN_H

#include <check.h>
#include <stddef.h>

/* tests: NULL ends. set_up and tear_down, or NULL, run around each. */
static inline int unit_run_with(const char *name, const TTest *const tests[], SFun set_up,
	SFun tear_down)
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 0); /* Meson's is enough */
	tcase_add_checked_fixture(tc, set_up, tear_down);
	for (size_t i = 0; tests[i] != NULL; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);

	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

static inline int unit_run(const char *name, const TTest *const tests[])
{
	return unit_run_with(name, tests, NULL, NULL);
}

#endif
