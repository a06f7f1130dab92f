/* SPDX-License-Identifier: BSD-3-Clause */
/* test_granularity_name.c -- each name is read back, in any case, and what is no name is not. */
#include <string.h>

#include "granularity_name.h"
#include "unit.h"

START_TEST(names_are_read_back)
{
	for (int g = PMEM2_GRANULARITY_BYTE; g <= PMEM2_GRANULARITY_PAGE; g++) {
		enum pmem2_granularity back = PMEM2_GRANULARITY_PAGE - g;
		const char *name = pmem2_granularity_name((enum pmem2_granularity)g);

		ck_assert(pmem2_granularity_named(name, &back));
		ck_assert_int_eq(back, g);
	}
}
END_TEST

START_TEST(case_does_not_count_and_all_of_the_word_does)
{
	enum pmem2_granularity granularity = PMEM2_GRANULARITY_PAGE;

	ck_assert(pmem2_granularity_named("CacheLine", &granularity));
	ck_assert_int_eq(granularity, PMEM2_GRANULARITY_CACHE_LINE);
	ck_assert(pmem2_granularity_named("byte", &granularity));
	ck_assert_int_eq(granularity, PMEM2_GRANULARITY_BYTE);
	ck_assert(!pmem2_granularity_named("PAGES", &granularity));
	ck_assert(!pmem2_granularity_named("", &granularity));
	ck_assert_int_eq(granularity, PMEM2_GRANULARITY_BYTE);
}
END_TEST

START_TEST(other_values_are_refused_by_number)
{
	ck_assert_int_eq(pmem2_granularity_known(PMEM2_GRANULARITY_PAGE), 0);
	ck_assert_int_eq(pmem2_granularity_known((enum pmem2_granularity)3),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	ck_assert_ptr_nonnull(strstr(pmem2_errormsg(), "3 "));
	ck_assert_int_eq(pmem2_granularity_known((enum pmem2_granularity) - 1),
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {names_are_read_back,
		case_does_not_count_and_all_of_the_word_does, other_values_are_refused_by_number,
		NULL};

	return unit_run("granularity_name", tests);
}
