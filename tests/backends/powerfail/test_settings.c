/* SPDX-License-Identifier: BSD-3-Clause */
/* test_settings.c -- what the environment asks of the backend. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../unit_run.h"
#include "settings.h"

static struct pf_settings read_settings(void)
{
	struct pf_settings settings;

	memset(&settings, 0, sizeof(settings));
	pmem2_pf_settings_read(&settings);
	return settings;
}

static enum pf_dirty dirty_of(const char *value)
{
	setenv("PMEM2_POWERFAIL_DIRTY", value, 1);
	return read_settings().dirty;
}

static void setup(void)
{
	unsetenv("PMEM2_POWERFAIL_TRACE");
	unsetenv("PMEM2_POWERFAIL_REPORT");
	unsetenv("PMEM2_POWERFAIL_ACK");
	unsetenv("PMEM2_POWERFAIL_ACK_SOCKET");
	unsetenv("PMEM2_POWERFAIL_STACKS");
	unsetenv("PMEM2_POWERFAIL_DIRTY");
}

START_TEST(nothing_set_is_nothing_wanted)
{
	struct pf_settings s = read_settings();

	ck_assert_str_eq(s.trace, "");
	ck_assert_str_eq(s.report, "");
	ck_assert_str_eq(s.said, "");
	ck_assert_int_eq(s.said_socket, 0);
	ck_assert(!s.stacks);
	ck_assert_int_eq(s.dirty, PF_DIRTY_OFF);
}
END_TEST

START_TEST(values_are_taken)
{
	setenv("PMEM2_POWERFAIL_TRACE", "a trace", 1);
	setenv("PMEM2_POWERFAIL_REPORT", "a report", 1);
	setenv("PMEM2_POWERFAIL_ACK", "an output", 1);
	setenv("PMEM2_POWERFAIL_ACK_SOCKET", "7", 1);
	setenv("PMEM2_POWERFAIL_STACKS", "1", 1);
	struct pf_settings s = read_settings();

	ck_assert_str_eq(s.trace, "a trace");
	ck_assert_str_eq(s.report, "a report");
	ck_assert_str_eq(s.said, "an output");
	ck_assert_int_eq(s.said_socket, 7);
	ck_assert(s.stacks);
}
END_TEST

START_TEST(zero_and_the_empty_word_are_off)
{
	setenv("PMEM2_POWERFAIL_STACKS", "0", 1);
	ck_assert(!read_settings().stacks);
	setenv("PMEM2_POWERFAIL_STACKS", "", 1);
	ck_assert(!read_settings().stacks);
	ck_assert_int_eq(dirty_of("0"), PF_DIRTY_OFF);
	ck_assert_int_eq(dirty_of(""), PF_DIRTY_OFF);
}
END_TEST

START_TEST(dirty_lines_may_be_looked_for_where_that_is_cheap)
{
	ck_assert_int_eq(dirty_of("1"), PF_DIRTY_ON);
	ck_assert_int_eq(dirty_of("auto"), PF_DIRTY_IF_CHEAP);
}
END_TEST

START_TEST(a_value_that_is_too_long_is_ignored_with_a_sentence)
{
	char value[PATH_MAX + 1], said[256];
	FILE *errors = tmpfile();

	memset(value, 'x', PATH_MAX);
	value[PATH_MAX] = '\0';
	setenv("PMEM2_POWERFAIL_TRACE", value, 1);
	ck_assert_int_ge(dup2(fileno(errors), STDERR_FILENO), 0);
	ck_assert_str_eq(read_settings().trace, "");
	rewind(errors);
	ck_assert_ptr_nonnull(fgets(said, sizeof(said), errors));
	ck_assert_str_eq(said,
		"libpmem2 powerfail: PMEM2_POWERFAIL_TRACE is longer than 4095 bytes, ignored\n");
	fclose(errors);

	value[PATH_MAX - 1] = '\0';
	setenv("PMEM2_POWERFAIL_TRACE", value, 1);
	ck_assert_str_eq(read_settings().trace, value);
}
END_TEST

START_TEST(a_childs_report_has_a_name_of_its_own)
{
	struct pf_settings s = {.report = "report"};
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "report.%d", (int)getpid());
	pmem2_pf_settings_forked(&s);
	ck_assert_str_eq(s.report, wanted);

	strcpy(s.report, "stderr");
	pmem2_pf_settings_forked(&s);
	ck_assert_str_eq(s.report, "stderr");
	s.report[0] = '\0';
	pmem2_pf_settings_forked(&s);
	ck_assert_str_eq(s.report, "");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nothing_set_is_nothing_wanted,
		values_are_taken,
		zero_and_the_empty_word_are_off,
		dirty_lines_may_be_looked_for_where_that_is_cheap,
		a_value_that_is_too_long_is_ignored_with_a_sentence,
		a_childs_report_has_a_name_of_its_own,
		NULL,
	};

	return unit_run_with("settings", tests, setup, NULL);
}
