/* SPDX-License-Identifier: BSD-3-Clause */
/* volatile_bytes.c -- bytes of a file that need no flush, in the model. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "powerfail/model.h"
#include "powerfail/volatile.h"

static struct pf_model model;
static struct pf_medium medium, *const m = &medium;
static struct pf_thread thread;

/* Bytes that need no flush: from the middle of line 1 to that of line 3, all of line 5, and the end of line 7. */
static struct pf_range ranges[] = {
	{.begin = PF_LINE + 8, .end = 3 * PF_LINE + 8},
	{.begin = 5 * PF_LINE, .end = 5 * PF_LINE + 1},
	{.begin = 5 * PF_LINE + 1, .end = 6 * PF_LINE},
	{.begin = 8 * PF_LINE - 1, .end = 8 * PF_LINE},
};
static struct pf_volatile some = {ranges, sizeof(ranges) / sizeof(ranges[0])};

START_TEST(which_bytes_are_volatile)
{
	static const uint64_t wanted[] = {0, UINT64_MAX << 8, UINT64_MAX, 0xff, 0, UINT64_MAX, 0,
		UINT64_C(1) << 63, 0};
	char a[10 * PF_LINE] = {0}, b[10 * PF_LINE] = {0};

	*m = (struct pf_medium){.volatile_bytes = &some};
	for (size_t line = 0; line < sizeof(wanted) / sizeof(wanted[0]); line++)
		ck_assert_uint_eq(pmem2_pf_volatile_bytes(m, line), wanted[line]);
	ck_assert(pmem2_pf_volatile_covers(m, 5 * PF_LINE, PF_LINE));
	ck_assert(pmem2_pf_volatile_covers(m, PF_LINE + 8, 2 * PF_LINE));
	ck_assert(!pmem2_pf_volatile_covers(m, PF_LINE + 7, 2));
	ck_assert(!pmem2_pf_volatile_covers(m, 3 * PF_LINE, 9));
	ck_assert(!pmem2_pf_volatile_covers(m, 9 * PF_LINE, 1));
	memset(b + PF_LINE + 8, 1, 2 * PF_LINE);
	ck_assert(pmem2_pf_volatile_alike(m, 0, a, b, sizeof(a)));
	b[PF_LINE + 7] = 1;
	ck_assert(!pmem2_pf_volatile_alike(m, 0, a, b, sizeof(a)));
	m->volatile_bytes = NULL;
	ck_assert_uint_eq(pmem2_pf_volatile_bytes(m, 2), 0);
	ck_assert(!pmem2_pf_volatile_covers(m, 2 * PF_LINE, 1));
	ck_assert(!pmem2_pf_volatile_alike(m, 0, a, b, sizeof(a)));
}
END_TEST

static uint64_t settlings;

static void count_settling(void *arg, struct pf_medium *of, size_t line, const char *now)
{
	(void)arg;
	settlings += !pmem2_pf_same_line(pmem2_pf_medium_line(of, line), now);
}

/* The bytes are durable at once, in each version of their line, and nothing else is. */
START_TEST(volatile_bytes_are_durable)
{
	struct pf_origin origin = {0};
	char line[PF_LINE] = {0};
	const char *durable;

	ck_assert_int_eq(pmem2_pf_model_init(&model, true), 0);
	ck_assert_int_eq(pmem2_pf_medium_init(m, -1, 0, 10 * PF_LINE), 0);
	m->volatile_bytes = &some;
	model.settling = count_settling;
	settlings = 0;
	durable = pmem2_pf_medium_line(m, 1);
	line[8] = 1;
	pmem2_pf_model_dirty(&model, m, 1, line, origin);
	ck_assert_int_eq(durable[8], 1);
	ck_assert_uint_eq(model.used, 0);
	ck_assert_uint_eq(settlings, 1);
	line[0] = 1;
	pmem2_pf_model_store(&model, m, 1, line, origin);
	ck_assert_uint_eq(model.used, 1);
	line[9] = 2;
	pmem2_pf_model_flush(&model, &thread, m, 1, line, origin);
	ck_assert_uint_eq(settlings, 2);
	ck_assert(durable[0] == 0 && durable[9] == 2);
	for (uint32_t i = *pmem2_pf_slot(&model, m, 1); i != 0;
		i = pmem2_pf_version(&model, i)->older)
		ck_assert(pmem2_pf_same_line(pmem2_pf_version(&model, i)->content, line));
	line[63] = 3;
	pmem2_pf_model_stream(&model, &thread, m, 1, line, 63, 1, origin);
	ck_assert_uint_eq(model.used, 2);
	ck_assert_int_eq(durable[63], 3);
	pmem2_pf_model_drain(&model, &thread);
	ck_assert(pmem2_pf_same_line(durable, line));
	ck_assert_uint_eq(ranges[0].changes, 3);
	pmem2_pf_medium_finish(m);
	pmem2_pf_model_finish(&model);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("volatile bytes");
	TCase *tc = tcase_create("volatile bytes");
	SRunner *runner = srunner_create(suite);

	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, which_bytes_are_volatile);
	tcase_add_test(tc, volatile_bytes_are_durable);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
