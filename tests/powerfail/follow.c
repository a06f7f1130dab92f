/* SPDX-License-Identifier: BSD-3-Clause */
/* What is durable of a mapping that a program made by itself: before, while and after msync(2), and in parts. */
#include "powerfail/follow.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "powerfail/medium.h"

enum { PAGE = 4096, PAGES = 4 };

static const struct pf_follow *const follow = &pmem2_pf_follow_v1;
static char path[] = "follow.XXXXXX";
static int fd;
static char *map;

static void setup(void)
{
	strcpy(path, "follow.XXXXXX");
	fd = mkstemp(path);
	ck_assert(fd >= 0 && ftruncate(fd, PAGES * PAGE) == 0);
	map = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert(map != MAP_FAILED);
	ck_assert_int_eq(follow->mapped(map, PAGES * PAGE, fd, PMEM2_GRANULARITY_PAGE), 0);
}

static void teardown(void)
{
	unlink(path);
}

static char durable(size_t at)
{
	return pmem2_pf_engine.media[0]->durable[at];
}

START_TEST(what_is_stored_meanwhile_is_not_durable)
{
	map[0] = 'a';
	ck_assert(follow->sync_begins(map, PAGE, NULL));
	map[0] = 'b';
	map[64] = 'b';
	ck_assert_int_eq(durable(0), 0); /* not before it has returned */
	follow->sync_ends(true, NULL);
	ck_assert_int_eq(durable(0), 'a');
	ck_assert_int_eq(durable(64), 0);
}
END_TEST

START_TEST(what_failed_makes_nothing_durable)
{
	map[0] = 'a';
	ck_assert(follow->sync_begins(map, PAGE, NULL));
	follow->sync_ends(false, NULL);
	ck_assert_int_eq(durable(0), 0);
	map[PAGE] = 'b';
	ck_assert(follow->sync_begins(map + PAGE, PAGE, NULL));
	follow->sync_ends(true, NULL);
	ck_assert_int_eq(durable(0), 0); /* the next one is about its own range alone */
	ck_assert_int_eq(durable(PAGE), 'b');
	ck_assert(follow->sync_begins(map, PAGE, NULL));
	follow->sync_ends(true, NULL);
	ck_assert_int_eq(durable(0), 'a');
}
END_TEST

START_TEST(whole_pages_are_durable)
{
	map[PAGE] = map[2 * PAGE - 1] = map[2 * PAGE] = 'a';
	ck_assert(follow->sync_begins(map + PAGE, 1, NULL));
	follow->sync_ends(true, NULL);
	ck_assert_int_eq(durable(PAGE), 'a');
	ck_assert_int_eq(durable(2 * PAGE - 1), 'a');
	ck_assert_int_eq(durable(2 * PAGE), 0);
}
END_TEST

START_TEST(a_file_is_durable_mapped_or_not)
{
	map[0] = map[3 * PAGE] = 'a';
	follow->unmapping(map + 3 * PAGE, PAGE);
	ck_assert_int_eq(munmap(map + 3 * PAGE, PAGE), 0);
	ck_assert_int_eq(durable(3 * PAGE), 0);
	ck_assert_int_eq(pwrite(fd, "b", 1, 3 * PAGE + 100), 1);
	follow->file_changed(fd, 3 * PAGE + 100, 1, NULL);
	ck_assert_int_eq(durable(3 * PAGE + 100), 0);
	ck_assert(follow->file_sync_begins(fd, NULL));
	follow->sync_ends(true, NULL);
	ck_assert_int_eq(durable(0), 'a');
	ck_assert_int_eq(durable(3 * PAGE), 'a');
	ck_assert_int_eq(durable(3 * PAGE + 100), 'b');
	ck_assert(!follow->sync_begins(map + 3 * PAGE, PAGE, NULL));
}
END_TEST

START_TEST(what_is_mapped_again_is_not_durable_by_that)
{
	map[0] = 'a';
	follow->unmapping(map, PAGES * PAGE);
	ck_assert_int_eq(munmap(map, PAGES * PAGE), 0);
	ck_assert_int_eq(pwrite(fd, "b", 1, 64), 1); /* nobody tells */
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_int_eq(follow->mapped(map, PAGE, fd, PMEM2_GRANULARITY_PAGE), 0);
	ck_assert_int_eq(durable(0), 0);
	ck_assert_int_eq(durable(64), 0);
	ck_assert(follow->sync_begins(map, PAGE, NULL));
	follow->sync_ends(true, NULL);
	ck_assert_int_eq(durable(0), 'a');
	ck_assert_int_eq(durable(64), 'b');
}
END_TEST

START_TEST(a_range_has_the_coarsest_grade)
{
	ck_assert_int_eq(follow->grade(map, PAGES * PAGE), PMEM2_GRANULARITY_PAGE);
	ck_assert_int_eq(follow->grade(map, PAGES * PAGE + 1), PF_GRADE_NONE);
	follow->unmapping(map + PAGE, PAGE);
	ck_assert_int_eq(follow->grade(map, PAGE), PMEM2_GRANULARITY_PAGE);
	ck_assert_int_eq(follow->grade(map, 2 * PAGE), PF_GRADE_NONE);
	follow->regrade(map + 2 * PAGE, PAGE, PMEM2_GRANULARITY_CACHE_LINE);
	ck_assert_int_eq(follow->grade(map + 2 * PAGE, PAGE), PMEM2_GRANULARITY_CACHE_LINE);
	ck_assert_int_eq(follow->grade(map, PAGE), PMEM2_GRANULARITY_PAGE);
	ck_assert(!pmem2_pf_engine.media[0]->pages); /* a part of it is flushed by lines */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("follow");
	TCase *tests = tcase_create("follow");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 0);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_is_stored_meanwhile_is_not_durable);
	tcase_add_test(tests, what_failed_makes_nothing_durable);
	tcase_add_test(tests, whole_pages_are_durable);
	tcase_add_test(tests, a_file_is_durable_mapped_or_not);
	tcase_add_test(tests, what_is_mapped_again_is_not_durable_by_that);
	tcase_add_test(tests, a_range_has_the_coarsest_grade);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
